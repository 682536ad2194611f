"""The network address of a client, by which attempts are counted."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

PREFIX = 64  # the network that one IPv6 client gets


def client_network() -> str:
    """Return the client's IPv4 address, or the /64 network of its IPv6 address."""
    return network(request.remote_addr or "")


def network(address: str) -> str:
    """Return what is counted as one address; a text that is none counts as itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, PREFIX), strict=False))
