import itertools
import os
import socket

import click
import pytest

from devtools.local import ports
from devtools.local.environment import Site


def test_a_taken_port_is_named_with_its_owner_and_its_variable(var, root):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        numbers = {"ORDER_SVC_PORT": str(port)}
        others = ("USER_SVC", "PRODUCT_SVC", "PAYMENT_SVC", "SANDBOX", "SQS")
        numbers |= {f"{name}_PORT": str(ports.pick()) for name in others}

        with pytest.raises(click.ClickException) as wrong:
            ports.check(Site(numbers))

    assert wrong.value.message == (
        f"Port {port} is taken by another program (pid {os.getpid()}): "
        "stop it or set ORDER_SVC_PORT."
    )


def test_a_port_is_free_again_when_its_server_has_gone():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.answers(port)

    assert ports.is_free(port)
    assert not ports.answers(port)


def test_no_port_is_picked_twice_nor_one_that_a_connection_may_get():
    picked = [ports.pick() for _ in range(50)]

    assert len(set(picked)) == 50
    assert all(20_000 <= port < 30_000 for port in picked)


def test_a_port_that_is_taken_is_not_picked(monkeypatch):
    with socket.create_server(("127.0.0.1", ports.pick())) as server:
        taken = server.getsockname()[1]
        search = itertools.count(taken - ports.FIRST)
        monkeypatch.setattr(ports, "_numbers", search)

        assert ports.pick() != taken
