"""The address of the client behind proxies, and calls that are made for the client."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, Request, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis.config import Settings, settings
from chassis.errors import TooManyRequests
from chassis.http import Answer, Client, Limited

HEADER = "X-Forwarded-For"
LONGEST = 64


@lru_cache(4096)
def network(address: str) -> str:
    """Return what one client can choose its address from: IPv4, or /64 of IPv6."""
    host = address.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:  # some proxies add the port
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


def client(asked: Request = request) -> str:
    """Return the network of a request's client, by default of the present request's."""
    return network((asked.remote_addr or "")[:LONGEST])


def call(method: str, path: str, headers: dict[str, str], **body: Any) -> Answer:
    """Call user-svc for this request's client, who is counted there.

    The client's address is sent as if the declared proxies had sent it. A 429 of
    user-svc is the client's.
    """
    user_svc: Client = current_app.extensions["user_svc_sign_in"]
    if number := settings().proxies:
        line = ", ".join([request.remote_addr or ""] * number)
        headers = {**headers, HEADER: line}
    try:
        return user_svc.call(method, path, headers=headers, **body)
    except Limited as limited:
        wait = {"Retry-After": str(max(1, round(limited.retry_after)))}
        raise TooManyRequests(limited.detail, headers=wait) from None


def init_app(app: Flask, settings: Settings) -> None:
    """Read the client's address from the line of the outermost declared proxy."""
    if number := settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=int(settings.behind_tls)
        )
