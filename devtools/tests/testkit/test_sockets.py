"""Tests reach this machine only."""

import socket

import pytest

from devtools.testkit.sockets import Guard, Outside, is_local

pytest_plugins = ["pytester"]
QUIET = ("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider")
OUTSIDE = ("192.0.2.1", 9)  # an address that belongs to no machine
# Swallows the refusal, as code under test may do.
PLANTED = """
import contextlib, socket

def test_it():
    with contextlib.suppress(Exception), socket.socket() as other:
        other.settimeout(0.01)
        other.connect(("192.0.2.1", 9))
"""


@pytest.fixture
def own_guard():
    made = Guard()
    with made.installed():
        yield made


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "127.0.0.9", "::1", "localhost", "", "0.0.0.0"]
)
def test_this_machine_is_local(name):
    assert is_local(name)


@pytest.mark.parametrize(
    "name", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "shop.example", "order-svc"]
)
def test_another_machine_is_not(name):
    assert not is_local(name)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_connection_to_another_machine_is_refused_and_remembered(own_guard, method):
    with socket.socket() as other, pytest.raises(Outside, match=r"192\.0\.2\.1"):
        getattr(other, method)(OUTSIDE)

    assert own_guard.take() == ["192.0.2.1"]
    assert own_guard.take() == []


def test_a_datagram_to_another_machine_is_refused(own_guard):
    with (
        socket.socket(type=socket.SOCK_DGRAM) as other,
        pytest.raises(Outside),
    ):
        other.sendto(b"", OUTSIDE)

    assert own_guard.take()


def test_a_name_of_another_machine_is_not_looked_up(own_guard):
    with pytest.raises(Outside, match=r"shop\.example"):
        socket.create_connection(("shop.example", 80), timeout=0.01)

    assert own_guard.take() == ["shop.example"]


def test_this_machine_can_be_reached(own_guard):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

    assert own_guard.take() == []


def test_sockets_are_as_before_without_the_guard():
    before = (socket.socket.connect, socket.getaddrinfo)
    with Guard().installed():
        assert (socket.socket.connect, socket.getaddrinfo) != before

    assert (socket.socket.connect, socket.getaddrinfo) == before


def test_a_test_that_leaves_the_machine_fails_even_if_the_code_goes_on(pytester):
    pytester.makepyfile(PLANTED)

    result = pytester.runpytest_inprocess("-p", "devtools.testkit.plugin", *QUIET)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*was about to leave the machine: 192.0.2.1"])
