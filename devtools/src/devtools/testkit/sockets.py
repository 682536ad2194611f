"""A guard for tests: they reach this machine only, by address and by name."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

INTERNET = (socket.AF_INET, socket.AF_INET6)
LOCAL_NAMES = ("", "localhost")


class Outside(AssertionError):
    """A test was about to reach another machine."""


class Guard:
    """Refuses connections, datagrams and look-ups of names that leave this machine."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Guard the sockets of this process."""
        methods: dict[str, Any] = {
            name: self._method(getattr(socket.socket, name))
            for name in ("connect", "connect_ex", "sendto")
        }
        lookup = self._lookup(socket.getaddrinfo)
        with (
            mock.patch.multiple(socket.socket, create=True, **methods),
            mock.patch.object(socket, "getaddrinfo", lookup),
        ):
            yield

    def take(self) -> list[str]:
        """Return what was refused since the last call.

        Code under test may swallow the exception, so that it alone fails no test.
        """
        seen, self.seen = self.seen, []
        return seen

    def _method(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(own: socket.socket, *arguments: Any) -> Any:
            if own.family in INTERNET:
                self._check(arguments[-1][0])
            return original(own, *arguments)

        return guarded

    def _lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
            self._check(host)
            return original(host, *arguments, **options)

        return guarded

    def _check(self, host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if not is_local(name):
            self.seen.append(name)
            raise Outside(f"A test may reach this machine only, not {name}.")


def is_local(name: str) -> bool:
    """Return whether a name or address is of this machine."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name in LOCAL_NAMES
    return address.is_loopback or address.is_unspecified
