"""The address of the client."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

LONGEST = 64


@lru_cache(4096)
def network(address: str) -> str:
    """Return what one client can choose its address from: IPv4, or /64 of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


def client() -> str:
    """Return the network of this request's client."""
    return network((request.remote_addr or "")[:LONGEST])
