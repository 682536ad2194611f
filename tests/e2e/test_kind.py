"""Confinement, network and database access of the pods on a cluster."""

import json

import psycopg
import pytest

from devtools import programs
from devtools.kind import kubectl
from devtools.kind.kubectl import CONTEXT, NAMESPACE
from devtools.layout import IMAGES, SANDBOX, SERVICES, module

pytestmark = pytest.mark.e2e
PROBE = """
id -u
sed -n 's/^CapEff:\\t//p' /proc/self/status
sed -n 's/^NoNewPrivs:\\t//p' /proc/self/status
sed -n 's/^Seccomp:\\t//p' /proc/self/status
touch /app/x 2>/dev/null && echo writable || echo read-only
ls /var/run/secrets/kubernetes.io 2>/dev/null | wc -l
"""
CONFINED = ["10001", "0" * 16, "1", "2", "read-only", "0"]
PLACES = {
    "postgres": 5432,
    "redis": 6379,
    "localstack": 4566,
    SANDBOX: 80,
    "mail": 1025,
    **dict.fromkeys(SERVICES, 80),
}
CONNECT = """
import json, socket, sys
reached = []
for name, port in json.loads(sys.argv[1]).items():
    try:
        socket.create_connection((name, port), timeout=3).close()
        reached.append(name)
    except OSError:
        pass
print(json.dumps(reached))
"""
# The connections that each pod may open, as in ARCHITECTURE.md.
REACHED = {
    "user-svc": {"postgres", "redis"},
    "product-svc": {"postgres", "user-svc", "redis"},
    "order-svc": {"postgres", "user-svc", "product-svc", "redis"},
    "payment-svc": {"postgres", "user-svc", SANDBOX, "redis"},
    "user-svc-worker": {"postgres", "mail"},
    "product-svc-worker": {"postgres", "user-svc"},
    "order-svc-worker": {"postgres", "user-svc", "product-svc", "localstack"},
    "payment-svc-worker": {"postgres", "user-svc", SANDBOX, "localstack"},
    SANDBOX: {"payment-svc", SANDBOX},
}


@pytest.fixture(autouse=True)
def kind(target):
    """Return the shop on a cluster; skip the tests on another target."""
    if target.name != "kind":
        pytest.skip(f"NOT TESTED: the target {target.name} is not a cluster")
    return target


def within(deployment, *command):
    """Run a command in a pod of a deployment; return its output."""
    return kubectl.call("exec", f"deployment/{deployment}", "--", *command)


@pytest.mark.parametrize("deployment", [*IMAGES, *(f"{s}-worker" for s in SERVICES)])
def test_a_process_is_confined(deployment):
    assert within(deployment, "sh", "-c", PROBE).split("\n")[:-1] == CONFINED


def test_a_privileged_pod_is_not_admitted():
    options = ("--image=postgres:17", "--dry-run=server", "--privileged")

    with pytest.raises(Exception, match='violates PodSecurity "restricted'):
        kubectl.call("run", "intruder", *options)


@pytest.mark.parametrize("deployment", REACHED)
def test_a_pod_can_open_only_the_connections_of_the_architecture(deployment):
    output = within(deployment, "python", "-c", CONNECT, json.dumps(PLACES))

    assert set(json.loads(output)) == REACHED[deployment]


@pytest.mark.parametrize("service", SERVICES)
def test_a_login_can_connect_only_to_its_own_database(kind, service):
    own = kind.database(service)
    psycopg.connect(own).close()

    others = [module(name) for name in SERVICES if name != service]
    for name in (*others, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(own.rpartition("/")[0] + f"/{name}")


def test_helm_test_pays_an_order():
    here = (f"--kube-context={CONTEXT}", f"--namespace={NAMESPACE}")

    output = programs.call("helm", "test", "shop", *here, "--logs")

    assert "the order was paid and is complete" in output
