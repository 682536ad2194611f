import os
import socket

import click
import pytest

from shop import ports
from shop.environment import Site


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
