"""Where a shop runs: named by `TARGET`, or found."""

import json

import click
import pytest

from devtools import targets
from devtools.compose.target import Compose
from devtools.local.target import Local

ENVIRON = {
    "DATABASE_URL": "postgresql://order_svc:pass@postgres/order_svc",
    "DEMO_STAFF_EMAIL": "staff@shop.example",
    "DEMO_STAFF_PASSWORD": "tea",
    "SECRET_KEY": "cookies",
}
CONFIG = {
    "name": "shop",
    "services": {
        "user-svc": {"environment": ENVIRON, "ports": [{"published": "8000"}]},
        "order-svc": {"environment": ENVIRON, "ports": [{"published": "9002"}]},
        "localstack": {"ports": [{"published": "4566"}]},
        "postgres": {"ports": [{"published": "5433"}]},
    },
}


@pytest.fixture
def compose(docker):
    """Return the shop of a compose file, whose gateway does not run."""
    docker.answer("config --format json", 0, json.dumps(CONFIG))
    return Compose()


def test_the_one_that_is_named_is_taken(var, compose, monkeypatch):
    monkeypatch.setenv("TARGET", "compose")

    assert isinstance(targets.chosen(), Compose)


def test_a_name_that_is_none_is_refused_with_those_that_are(monkeypatch):
    monkeypatch.setenv("TARGET", "moon")

    with pytest.raises(
        click.ClickException, match="one of local, compose, kind, not 'moon'"
    ):
        targets.chosen()


def test_without_a_name_the_one_that_is_up_is_taken(var, docker, kubectl, monkeypatch):
    monkeypatch.delenv("TARGET", raising=False)
    kubectl.answer("get deployments/", 1, "context kind-shop does not exist")
    assert isinstance(targets.chosen(), Local)

    docker.answer("^compose ps .* gateway", 0, "4f1c")

    assert isinstance(targets.chosen(), Compose)


def test_compose_is_not_up_where_docker_does_not_answer(compose, docker):
    docker.answer("", 1, "cannot connect")

    assert not compose.is_up()


def test_what_compose_has_is_reached_on_this_machine(compose):
    assert compose.address("order-svc") == "http://127.0.0.1:9002"
    assert compose.address("sqs") == "http://127.0.0.1:4566"
    address = "postgresql://order_svc:pass@127.0.0.1:5433/order_svc"
    assert compose.database("order-svc") == address


def test_the_accounts_of_compose_are_those_of_its_file(compose):
    assert compose.accounts() == {
        "DEMO_STAFF_EMAIL": "staff@shop.example",
        "DEMO_STAFF_PASSWORD": "tea",
    }


def test_the_lines_of_compose_are_its_containers_logs(compose, docker):
    docker.answer("^compose logs", 0, '{"id": "a"}\n{"id": "b"}\n')

    assert list(compose.lines('"b"')) == ['{"id": "b"}']


def test_mails_are_read_where_they_are_files(var, root, compose, monkeypatch):
    assert Local().mails() == var / "mail"
    assert compose.mails() is None

    monkeypatch.setenv("SMTP_URL", "smtp://mail")

    assert Local().mails() is None


def test_the_local_shop_has_no_gateway(var, root):
    local = Local()

    assert local.address("gateway") == ""
    assert local.address("order-svc") == "http://127.0.0.1:8002"
