"""The shop on a cluster, as the cluster describes it to kubectl."""

import base64
import json
import sys

import click
import pytest

from devtools.kind import forward
from devtools.kind.target import Kind

POD = {
    "metadata": {"name": "order-svc-1"},
    "status": {
        "containerStatuses": [
            {"name": "api", "restartCount": 1},
            {"name": "other", "restartCount": 0},
        ]
    },
}
URL = "postgresql://order_svc:pass@postgres/order_svc"


def secret(**values):
    """Return a Secret as kubectl prints it."""
    data = {k: base64.b64encode(v.encode()).decode() for k, v in values.items()}
    return json.dumps({"data": data})


def test_it_is_up_when_its_workers_are_on_a_cluster_that_answers(kubectl):
    assert Kind().is_up()

    kubectl.answer("get deployments/", 1, "no such context")

    assert not Kind().is_up()
    assert "--request-timeout=3s" in kubectl.calls[-1]


def test_it_is_not_up_without_kubectl(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert not Kind().is_up()


def test_the_demo_accounts_are_those_of_the_secret(kubectl):
    values = secret(DEMO_STAFF_EMAIL="staff@shop.example", SECRET_KEY="cookies")
    kubectl.answer("get secret user-svc-development", 0, values)

    assert Kind().accounts() == {"DEMO_STAFF_EMAIL": "staff@shop.example"}


def test_the_lines_are_those_of_all_pods_and_of_containers_that_died(kubectl):
    kubectl.answer("get pods", 0, json.dumps({"items": [POD]}))
    kubectl.answer(" logs ", 0, '{"id": "a"}\n{"id": "b"}')
    kubectl.answer(
        "logs --previous order-svc-1 --container=api", 0, '{"id": "b", "at": 1}'
    )

    assert list(Kind().lines('"b"')) == ['{"id": "b"}', '{"id": "b", "at": 1}']


def test_a_database_is_reached_at_a_port_of_this_machine(kubectl):
    kubectl.answer("get secret order-svc-development", 0, secret(DATABASE_URL=URL))
    kubectl.answer("port-forward", 0, "Forwarding from 127.0.0.1:4321 -> 5432")

    found = Kind().database("order-svc")

    assert found == "postgresql://order_svc:pass@127.0.0.1:4321/order_svc"
    [call] = [call for call in kubectl.calls if "port-forward" in call]
    assert call.endswith("--address=127.0.0.1 service/postgres :5432")


def test_a_port_that_cannot_be_forwarded_is_said_with_kubectls_reason(kubectl):
    kubectl.answer("port-forward", 1, "error: services postgres not found")

    with pytest.raises(click.ClickException, match="postgres not found"):
        forward.Forward("service/postgres", 5432)


def test_forwarding_ends_with_the_command(kubectl):
    program = kubectl.folder / "kubectl"
    program.write_text(
        f"#!{sys.executable}\n"
        "print('Forwarding from 127.0.0.1:4321 -> 5432', flush=True)\n"
        "import signal; signal.pause()\n"
    )
    running = forward.Forward("service/postgres", 5432)
    assert running.process.poll() is None

    running.close()

    assert running.process.returncode
