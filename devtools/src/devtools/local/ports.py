"""Finds free ports, and the owner of a port that is in use."""

import itertools
import os
import socket

import click
import psutil

from devtools.layout import HOST, PORTS
from devtools.local.environment import Site

# Below the ephemeral ports, so that a free port stays free until its server starts.
# Processes start their search at different numbers.
FIRST, COUNT = 20_000, 10_000
_numbers = itertools.count(os.getpid() * 32)


def check(site: Site) -> None:
    """Raise ClickException when a port is in use; the text names the owner."""
    for name in PORTS:
        wanted = name != "sqs" or site.has_embedded_queue()
        if wanted and not is_free(site.port(name)):
            raise click.ClickException(_taken(site.port(name), PORTS[name].variable))


def is_free(port: int) -> bool:
    """Return whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Return whether a server listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def pick() -> int:
    """Return a free port, a different one each time."""
    ports = (FIRST + number % COUNT for number in _numbers)
    return next(port for port in ports if is_free(port))


def _taken(port: int, variable: str) -> str:
    owner = _owner(port)
    pid = f" (pid {owner})" if owner else ""
    return f"Port {port} is taken by another program{pid}: stop it or set {variable}."


def _owner(port: int) -> int | None:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS allows it only to root
        return None
    owners = (c.pid for c in connections if c.laddr and c.laddr.port == port)
    return next((pid for pid in owners if pid), None)
