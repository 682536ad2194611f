"""k8s/ provides what the chart needs: Secrets, queues, connections, node ports."""

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
    """Return the configuration of kind."""
    return yaml.safe_load((K8S / "kind.yaml").read_text())


def test_every_default_secret_of_the_chart_exists(template, manifests):
    named = {
        source["secretRef"]["name"]
        for _, spec in pods(template()).values()
        for container in spec["containers"]
        for source in container.get("envFrom", [])
        if "secretRef" in source
    }

    assert named == {f"{service}-development" for service in SERVICES}
    assert named <= set(of_kind(manifests, "Secret"))


def test_every_secret_of_a_manifest_exists(manifests):
    secrets = of_kind(manifests, "Secret")
    for name, (_, spec) in pods(manifests).items():
        for source in spec["containers"][0].get("envFrom", []):
            assert source["secretRef"]["name"] in secrets, name


def test_every_mounted_volume_exists(manifests):
    claims = of_kind(manifests, "PersistentVolumeClaim")
    maps = of_kind(manifests, "ConfigMap")
    for name, (_, spec) in pods(manifests).items():
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert volume["configMap"]["name"] in maps, name
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims, name


def test_databases_are_on_persistent_volumes(manifests):
    _, sandbox = pods(manifests)[f"Deployment {SANDBOX}"]
    [postgres] = of_kind(manifests, "StatefulSet").values()

    kept = {v["name"] for v in sandbox["volumes"] if "persistentVolumeClaim" in v}
    assert kept == {"data"}
    [claim] = postgres["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"


def test_every_service_selects_pods_with_its_ports(manifests):
    found = pods(manifests)
    for name, service in of_kind(manifests, "Service").items():
        selector = service["spec"]["selector"].items()
        [spec] = [s for labels, s in found.values() if selector <= labels.items()]
        named = {port["name"] for port in spec["containers"][0]["ports"]}
        assert {p["targetPort"] for p in service["spec"]["ports"]} <= named, name


def test_localstack_is_the_last_release_that_needs_no_account(manifests):
    _, spec = pods(manifests)["Deployment localstack"]

    assert spec["containers"][0]["image"] == LOCALSTACK


def test_metrics_server_is_pinned_and_accepts_the_certificates_of_kind(manifests):
    deployment = of_kind(manifests, "Deployment")["metrics-server"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]

    assert deployment["metadata"]["namespace"] == "kube-system"
    assert container["image"].endswith("/metrics-server:v0.9.0")
    assert "--kubelet-insecure-tls" in container["args"]


def queues(client):
    """Return the attributes of every queue by name, without timestamps and ARN."""
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


def test_localstack_creates_the_same_queues_as_the_workers(sqs, make_app, monkeypatch):
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


def test_postgresql_allows_all_connections_of_a_rolling_upgrade(template, manifests):
    [postgres] = of_kind(manifests, "StatefulSet").values()
    args = postgres["spec"]["template"]["spec"]["containers"][0]["args"]
    [limit] = [
        int(a.partition("=")[2]) for a in args if a.startswith("max_connections")
    ]
    pool = 10
    scalers = of_kind(template("kind"), "HorizontalPodAutoscaler")

    # An upgrade adds a pod to each Deployment, and a connection for the migration.
    deployments = of_kind(template("kind"), "Deployment")
    most = {
        name: scalers[name]["spec"]["maxReplicas"]
        if name in scalers
        else deployment["spec"]["replicas"]
        for name, deployment in deployments.items()
    }
    assert sum((n + 1) * pool + 1 for n in most.values()) <= limit


def test_every_node_port_is_open_on_loopback_with_the_same_number(template, manifests):
    opened = [p for n in kind()["nodes"] for p in n.get("extraPortMappings", [])]
    services = [
        *of_kind(template("kind"), "Service").values(),
        *of_kind(manifests, "Service").values(),
    ]
    ports = [port for service in services for port in service["spec"]["ports"]]

    mapped = sorted(port["hostPort"] for port in opened)
    assert sorted(p["nodePort"] for p in ports if "nodePort" in p) == mapped
    for port in opened:
        assert port["containerPort"] == port["hostPort"]
        assert port["listenAddress"] == "127.0.0.1"


@pytest.mark.parametrize("service", SERVICES)
def test_on_kind_links_use_the_node_ports(template, service):
    [port] = of_kind(template("kind"), "Service")[service]["spec"]["ports"]
    settings = of_kind(template("kind"), "ConfigMap")[service]["data"]

    assert settings["PUBLIC_URL"] == f"http://127.0.0.1:{port['nodePort']}"


def test_links_of_the_sandbox_use_its_node_port(manifests):
    _, spec = pods(manifests)[f"Deployment {SANDBOX}"]
    env = {item["name"]: item["value"] for item in spec["containers"][0]["env"]}
    [port] = of_kind(manifests, "Service")[SANDBOX]["spec"]["ports"]

    assert env["PUBLIC_URL"] == f"http://127.0.0.1:{port['nodePort']}"


def test_the_demo_accounts_are_the_same_as_in_a_local_run(manifests):
    given = secret(of_kind(manifests, "Secret")["user-svc-development"])

    for role in ("customer", "staff", "admin"):
        assert given[f"DEMO_{role.upper()}_EMAIL"] == f"{role}@shop.example"


def test_the_namespace_is_created_first(manifests):
    assert manifests[0]["kind"] == "Namespace"
