"""k8s/ gives the chart what it leans on: names, queues, connections, node ports."""

import runpy

import pytest
import yaml

from chart.objects import of_kind, pods, secret
from chassis.messaging import sqs as chassis_sqs
from devtools.chart.render import K8S
from devtools.layout import SANDBOX, SERVICES
from order_svc import create_app

LOCALSTACK = "localstack/localstack:4.14.0"


def kind():
    """Return kind's configuration."""
    return yaml.safe_load((K8S / "kind.yaml").read_text())


def test_every_secret_that_the_chart_names_by_default_is_there(template, surroundings):
    named = {
        source["secretRef"]["name"]
        for _, spec in pods(template()).values()
        for container in spec["containers"]
        for source in container.get("envFrom", [])
        if "secretRef" in source
    }

    assert named == {f"{service}-development" for service in SERVICES}
    assert named <= set(of_kind(surroundings, "Secret"))


def test_every_secret_that_a_manifest_names_is_there(surroundings):
    secrets = of_kind(surroundings, "Secret")
    for name, (_, spec) in pods(surroundings).items():
        for source in spec["containers"][0].get("envFrom", []):
            assert source["secretRef"]["name"] in secrets, name


def test_what_is_claimed_and_mounted_is_there(surroundings):
    claims = of_kind(surroundings, "PersistentVolumeClaim")
    maps = of_kind(surroundings, "ConfigMap")
    for name, (_, spec) in pods(surroundings).items():
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert volume["configMap"]["name"] in maps, name
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims, name


def test_money_and_orders_lie_on_volumes(surroundings):
    _, sandbox = pods(surroundings)[f"Deployment {SANDBOX}"]
    [postgres] = of_kind(surroundings, "StatefulSet").values()

    kept = {v["name"] for v in sandbox["volumes"] if "persistentVolumeClaim" in v}
    assert kept == {"data"}
    [claim] = postgres["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"


def test_services_lead_to_pods_and_to_ports_that_they_have(surroundings):
    found = pods(surroundings)
    for name, service in of_kind(surroundings, "Service").items():
        selector = service["spec"]["selector"].items()
        [spec] = [s for labels, s in found.values() if selector <= labels.items()]
        named = {port["name"] for port in spec["containers"][0]["ports"]}
        assert {p["targetPort"] for p in service["spec"]["ports"]} <= named, name


def test_localstack_is_the_last_release_that_needs_no_account(surroundings):
    _, spec = pods(surroundings)["Deployment localstack"]

    assert spec["containers"][0]["image"] == LOCALSTACK


def test_metrics_server_is_the_pinned_one_and_takes_kinds_certificates(surroundings):
    deployment = of_kind(surroundings, "Deployment")["metrics-server"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]

    assert deployment["metadata"]["namespace"] == "kube-system"
    assert container["image"].endswith("/metrics-server:v0.9.0")
    assert "--kubelet-insecure-tls" in container["args"]


def queues(client):
    """Return every queue's attributes by its name, but those of its own life."""
    own = {"CreatedTimestamp", "LastModifiedTimestamp", "QueueArn"}
    return {
        url.rpartition("/")[2]: {
            name: value
            for name, value in client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["All"]
            )["Attributes"].items()
            if name not in own
        }
        for url in client.list_queues()["QueueUrls"]
    }


def test_localstack_begins_with_the_queues_that_the_workers_would_make(
    sqs, make_app, monkeypatch
):
    app = make_app(create_app, SERVICE_CLIENT_SECRET="a-secret-of-tests-0123456789ab")
    with app.app_context():
        for name in ("order-events", "payment-commands"):
            chassis_sqs.ensure(name)
        client = chassis_sqs.client()
        wanted = queues(client)
        for url in client.list_queues()["QueueUrls"]:
            client.delete_queue(QueueUrl=url)

        monkeypatch.setenv("QUEUES_ENDPOINT", client.meta.endpoint_url)
        runpy.run_path(str(K8S / "shop" / "queues.py"))

        assert queues(client) == wanted
        assert len(wanted) == 4


def test_postgresql_has_room_for_every_connection_of_a_rolling_upgrade(
    template, surroundings
):
    [postgres] = of_kind(surroundings, "StatefulSet").values()
    args = postgres["spec"]["template"]["spec"]["containers"][0]["args"]
    [room] = [int(a.partition("=")[2]) for a in args if a.startswith("max_connections")]
    pool = 10
    scalers = of_kind(template("kind"), "HorizontalPodAutoscaler")

    # One pod more of each while it is exchanged, one connection for its migration.
    deployments = of_kind(template("kind"), "Deployment")
    most = {
        name: scalers[name]["spec"]["maxReplicas"]
        if name in scalers
        else deployment["spec"]["replicas"]
        for name, deployment in deployments.items()
    }
    assert sum((n + 1) * pool + 1 for n in most.values()) <= room


def test_every_node_port_is_open_on_the_loopback_under_its_own_number(
    template, surroundings
):
    opened = [p for n in kind()["nodes"] for p in n.get("extraPortMappings", [])]
    services = [
        *of_kind(template("kind"), "Service").values(),
        *of_kind(surroundings, "Service").values(),
    ]
    ports = [port for service in services for port in service["spec"]["ports"]]

    mapped = sorted(port["hostPort"] for port in opened)
    assert sorted(p["nodePort"] for p in ports if "nodePort" in p) == mapped
    for port in opened:
        assert port["containerPort"] == port["hostPort"]
        assert port["listenAddress"] == "127.0.0.1"


@pytest.mark.parametrize("service", SERVICES)
def test_on_kind_links_lead_to_the_node_ports(template, service):
    [port] = of_kind(template("kind"), "Service")[service]["spec"]["ports"]
    settings = of_kind(template("kind"), "ConfigMap")[service]["data"]

    assert settings["PUBLIC_URL"] == f"http://127.0.0.1:{port['nodePort']}"


def test_the_sandbox_links_to_its_node_port(surroundings):
    _, spec = pods(surroundings)[f"Deployment {SANDBOX}"]
    env = {item["name"]: item["value"] for item in spec["containers"][0]["env"]}
    [port] = of_kind(surroundings, "Service")[SANDBOX]["spec"]["ports"]

    assert env["PUBLIC_URL"] == f"http://127.0.0.1:{port['nodePort']}"


def test_the_accounts_of_the_demo_are_those_of_a_local_run(surroundings):
    given = secret(of_kind(surroundings, "Secret")["user-svc-development"])

    for role in ("customer", "staff", "admin"):
        assert given[f"DEMO_{role.upper()}_EMAIL"] == f"{role}@shop.example"


def test_the_namespace_is_made_before_what_is_in_it(surroundings):
    assert surroundings[0]["kind"] == "Namespace"
