"""Every pod is one that `restricted` admits, starts in order and stops in peace."""

import re
import tomllib

import pytest
import yaml

from chart.objects import containers, of_kind, pods
from chassis.web import gunicorn
from devtools.chart.render import CASES, K8S
from devtools.layout import IMAGES, ROOT, SERVICES

VERSION = tomllib.loads((ROOT / "order-svc" / "pyproject.toml").read_text())["project"][
    "version"
]


def unrestricted(spec):
    """Say what of a pod the Pod Security Standard `restricted` would refuse.

    As version 1.34 has it; host fields, volumes and capabilities are looked at whole.
    """
    problems = [
        f"pod: {field}"
        for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers")
        if field in spec
    ]
    allowed = {"emptyDir", "configMap", "secret", "persistentVolumeClaim", "projected"}
    for volume in spec.get("volumes", []):
        problems += [f"volume {kind}" for kind in set(volume) - {"name"} - allowed]
    pod = spec.get("securityContext", {})
    for container in containers(spec):
        own = {**pod, **container.get("securityContext", {})}
        wanted = {
            "runs as root": own.get("runAsNonRoot") is True and own.get("runAsUser", 1),
            "may gain rights": own.get("allowPrivilegeEscalation") is False,
            "is privileged": not own.get("privileged"),
            "has no seccomp": own.get("seccompProfile") == {"type": "RuntimeDefault"},
            "has capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "has host ports": not any(
                "hostPort" in port for port in container.get("ports", [])
            ),
            "has a host probe": "host:" not in str(container.get("readinessProbe")),
        }
        name = container["name"]
        problems += [f"{name} {text}" for text, ok in wanted.items() if not ok]
    return problems


def all_unrestricted(found):
    """Return those of the pods that `restricted` would refuse, and why."""
    problems = {name: unrestricted(spec) for name, (_, spec) in found.items()}
    return {name: texts for name, texts in problems.items() if texts}


@pytest.mark.parametrize("case", CASES)
def test_restricted_admits_every_pod_of_the_chart(template, case):
    found = pods(template(case))

    assert len(found) >= 5
    assert all_unrestricted(found) == {}


@pytest.mark.parametrize("case", ["default", "kind", "prod", "sqlite", "everything"])
def test_nothing_can_be_written_but_tmp_and_data(template, case):
    for name, (_, spec) in pods(template(case)).items():
        for container in containers(spec):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
            mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
            assert mounts <= {"/tmp", "/data", "/test"}, name  # noqa: S108


def test_restricted_admits_every_pod_of_the_manifests(surroundings):
    found = pods(surroundings)

    assert len(found) == 6
    assert all_unrestricted(found) == {}
    [namespace] = of_kind(surroundings, "Namespace").values()
    labels = namespace["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("spoil", ["runAsNonRoot", "seccompProfile"])
def test_a_pod_with_less_security_would_be_noticed(template, spoil):
    _, spec = pods(template())["Deployment order-svc"]
    security = {k: v for k, v in spec["securityContext"].items() if k != spoil}

    assert unrestricted({**spec, "securityContext": security})


@pytest.mark.parametrize("case", CASES)
def test_no_pod_gets_a_token_of_the_cluster_or_the_services_variables(template, case):
    for name, (_, spec) in pods(template(case)).items():
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name


@pytest.mark.parametrize("case", CASES)
def test_every_container_says_what_it_needs(template, surroundings, case):
    for name, (_, spec) in pods([*template(case), *surroundings]).items():
        for container in containers(spec):
            resources = container["resources"]
            assert {"cpu", "memory"} <= set(resources["requests"]), name


# What the pods of kind itself ask for: apiserver 250, controllers 200, scheduler and
# etcd 100 each, CoreDNS twice 100; on every node the network and kube-proxy 100 each.
OF_KUBERNETES = 850
OF_A_NODE = 200
CORES = 2000


def millicores(spec):
    """Return what a pod asks for: all its containers, or its largest init container."""
    asked = {
        key: [int(c["resources"]["requests"]["cpu"].rstrip("m")) for c in spec[key]]
        for key in ("containers", "initContainers")
        if key in spec
    }
    return max(sum(asked["containers"]), *asked.get("initContainers", [0]))


def test_an_upgrade_fits_the_nodes_of_a_machine_of_two_cores(template, surroundings):
    documents = template("kind")
    scaled = of_kind(documents, "HorizontalPodAutoscaler")
    # Every node of kind takes all cores of the machine for its own.
    nodes = len(yaml.safe_load((K8S / "kind.yaml").read_text())["nodes"])
    asked = OF_KUBERNETES
    for name, (_, spec) in pods([*documents, *surroundings]).items():
        kind, _, own = name.partition(" ")
        deployment = of_kind(documents, "Deployment").get(own)
        if kind == "Deployment" and deployment:
            replicas = deployment["spec"].get("replicas")
            least = replicas or scaled[own]["spec"]["minReplicas"]
            surge = deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
            asked += millicores(spec) * (least + surge)
        else:
            asked += millicores(spec)

    assert asked <= nodes * (CORES - OF_A_NODE)


def test_images_have_the_version_of_the_code(template, surroundings):
    used = {
        container["image"]
        for _, spec in pods([*template(), *surroundings]).values()
        for container in containers(spec)
    }

    ours = {f"shop/{image}:{VERSION}" for image in IMAGES}
    assert {image for image in used if image.startswith("shop/")} == ours
    for image in used - ours:
        assert re.search(r":v?\d+(\.\d+)*$", image), f"{image} is not pinned"


def test_an_image_has_its_registry_and_its_digest_wins(template):
    found = pods(template("everything"))
    images = {
        name: found[f"Deployment {name}"][1]["containers"][0]["image"]
        for name in SERVICES
    }

    assert images["order-svc"] == "registry.example.com/shop/order-svc:0.2.0"
    assert "/shop/user-svc@sha256:0123" in images["user-svc"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_leaves_its_service_before_it_stops(template, service):
    _, spec = pods(template())[f"Deployment {service}"]
    [api] = spec["containers"]

    [*_, words] = api["lifecycle"]["preStop"]["exec"]["command"]
    tell, pause, forget = words.split("; ")
    pause = int(pause.removeprefix("sleep "))

    # chassis.web.gunicorn looks for this file; a restarted container starts without it.
    assert (tell, forget) == ("touch /tmp/draining", "rm /tmp/draining")
    assert pause >= 10
    assert spec["terminationGracePeriodSeconds"] >= pause + gunicorn.graceful_timeout


@pytest.mark.parametrize("service", SERVICES)
def test_the_database_is_migrated_before_anything_runs(template, service):
    for name in (service, f"{service}-worker"):
        _, spec = pods(template())[f"Deployment {name}"]
        [migrate] = spec["initContainers"]

        module = service.replace("-", "_")
        app = f"{module}:create_app"
        assert migrate["command"] == ["flask", "--app", app, "db", "upgrade"]
        assert migrate["envFrom"] == spec["containers"][0]["envFrom"]


@pytest.mark.parametrize("service", SERVICES)
def test_alive_asks_nothing_and_ready_asks_the_database(template, service):
    _, spec = pods(template())[f"Deployment {service}"]
    [api] = spec["containers"]

    paths = {
        probe: api[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {
        "startupProbe": "/healthz/",
        "livenessProbe": "/healthz/",
        "readinessProbe": "/readyz/",
    }
    # TRUSTED_HOSTS can name a Service, never the address of a pod.
    [host] = api["readinessProbe"]["httpGet"]["httpHeaders"]
    assert host == {"name": "Host", "value": service}


def test_a_rolling_upgrade_takes_no_pod_away_before_another_is_ready(template):
    for name, deployment in of_kind(template(), "Deployment").items():
        rolling = deployment["spec"]["strategy"]["rollingUpdate"]
        assert rolling == {"maxUnavailable": 0, "maxSurge": 1}, name


def test_two_of_everything_run_and_at_most_one_of_each_is_away(template):
    deployments = of_kind(template(), "Deployment")
    budgets = of_kind(template(), "PodDisruptionBudget")

    assert {d["spec"]["replicas"] for d in deployments.values()} == {2}
    assert set(budgets) == set(deployments)
    for name, budget in budgets.items():
        selector = deployments[name]["spec"]["selector"]
        assert budget["spec"]["selector"] == selector
        assert budget["spec"]["maxUnavailable"] == 1


def test_no_pod_but_a_deployments_own_has_its_labels(template):
    """A Job's pod under a PodDisruptionBudget would stop every eviction."""
    found = pods(template())
    for name, deployment in of_kind(template(), "Deployment").items():
        chosen = deployment["spec"]["selector"]["matchLabels"].items()
        matching = [p for p, (labels, _) in found.items() if chosen <= labels.items()]
        assert matching == [f"Deployment {name}"]


def test_sqlite_is_one_pod_with_both_processes_and_its_file(template):
    documents = template("sqlite")
    deployments = of_kind(documents, "Deployment")

    assert set(deployments) == set(SERVICES)
    for name, deployment in deployments.items():
        spec = deployment["spec"]["template"]["spec"]
        assert deployment["spec"]["replicas"] == 1
        assert deployment["spec"]["strategy"] == {"type": "Recreate"}
        assert [c["name"] for c in spec["containers"]] == ["api", "worker"]
        url = {"name": "DATABASE_URL", "value": f"sqlite:////data/{name}.db"}
        assert all(c["env"] == [url] for c in containers(spec))
    assert set(of_kind(documents, "PersistentVolumeClaim")) == set(SERVICES)
    for kind in ("PodDisruptionBudget", "HorizontalPodAutoscaler", "Job"):
        assert not of_kind(documents, kind)
