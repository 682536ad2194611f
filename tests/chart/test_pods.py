"""Security, resources, start and shutdown of the pods."""

import re

import pytest
import yaml

from chart.objects import containers, of_kind, pods
from chassis.web import gunicorn
from devtools.chart.render import CASES, K8S
from devtools.layout import IMAGES, SERVICES, version

VERSION = version()


def unrestricted(spec):
    """Return the violations of the Pod Security Standard `restricted` (1.34)."""
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
            "can escalate privileges": own.get("allowPrivilegeEscalation") is False,
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
    """Return the pods that violate `restricted`, with the violations."""
    problems = {name: unrestricted(spec) for name, (_, spec) in found.items()}
    return {name: texts for name, texts in problems.items() if texts}


@pytest.mark.parametrize("case", CASES)
def test_restricted_admits_every_pod_of_the_chart(template, case):
    found = pods(template(case))

    assert len(found) >= 5
    assert all_unrestricted(found) == {}


@pytest.mark.parametrize("case", ["default", "kind", "prod", "sqlite", "everything"])
def test_only_tmp_and_data_are_writable(template, case):
    for name, (_, spec) in pods(template(case)).items():
        for container in containers(spec):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
            mounts = {
                mount["mountPath"]
                for mount in container["volumeMounts"]
                if not mount.get("readOnly")
            }
            assert mounts <= {"/tmp", "/data", "/test"}, name  # noqa: S108


def test_restricted_admits_every_pod_of_the_manifests(manifests):
    found = pods(manifests)

    assert len(found) == 6
    assert all_unrestricted(found) == {}
    [namespace] = of_kind(manifests, "Namespace").values()
    labels = namespace["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("removed", ["runAsNonRoot", "seccompProfile"])
def test_a_missing_security_setting_is_detected(template, removed):
    _, spec = pods(template())["Deployment order-svc"]
    security = {k: v for k, v in spec["securityContext"].items() if k != removed}

    assert unrestricted({**spec, "securityContext": security})


@pytest.mark.parametrize("case", CASES)
def test_no_pod_has_a_service_account_token_or_service_links(template, case):
    for name, (_, spec) in pods(template(case)).items():
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name


@pytest.mark.parametrize("case", CASES)
def test_every_container_requests_cpu_and_memory(template, manifests, case):
    for name, (_, spec) in pods([*template(case), *manifests]).items():
        for container in containers(spec):
            resources = container["resources"]
            assert {"cpu", "memory"} <= set(resources["requests"]), name


# CPU requests of kind's own pods in millicores: apiserver 250, controllers 200,
# scheduler and etcd 100 each, CoreDNS twice 100; network and kube-proxy 100 per node.
CLUSTER_PODS = 850
NODE_PODS = 200
CORES = 2000


def millicores(spec):
    """Return the CPU request of a pod: containers or largest init container."""
    requests = {
        key: [int(c["resources"]["requests"]["cpu"].rstrip("m")) for c in spec[key]]
        for key in ("containers", "initContainers")
        if key in spec
    }
    return max(sum(requests["containers"]), *requests.get("initContainers", [0]))


def test_an_upgrade_fits_on_a_machine_with_two_cores(template, manifests):
    documents = template("kind")
    scaled = of_kind(documents, "HorizontalPodAutoscaler")
    # Every node of kind counts all cores of the machine as its own.
    nodes = len(yaml.safe_load((K8S / "kind.yaml").read_text())["nodes"])
    requested = CLUSTER_PODS
    for name, (_, spec) in pods([*documents, *manifests]).items():
        kind, _, own = name.partition(" ")
        deployment = of_kind(documents, "Deployment").get(own)
        if kind == "Deployment" and deployment:
            replicas = deployment["spec"].get("replicas")
            least = replicas or scaled[own]["spec"]["minReplicas"]
            surge = deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
            requested += millicores(spec) * (least + surge)
        else:
            requested += millicores(spec)

    assert requested <= nodes * (CORES - NODE_PODS)


def test_images_are_tagged_with_the_version_of_the_code(template, manifests):
    used = {
        container["image"]
        for _, spec in pods([*template(), *manifests]).values()
        for container in containers(spec)
    }

    own = {f"shop/{image}:{VERSION}" for image in IMAGES}
    assert {image for image in used if image.startswith("shop/")} == own
    for image in used - own:
        assert re.search(r":v?\d+(\.\d+)*$", image), f"{image} is not pinned"


def test_an_image_has_a_registry_and_a_digest_overrides_the_tag(template):
    found = pods(template("everything"))
    images = {
        name: found[f"Deployment {name}"][1]["containers"][0]["image"]
        for name in SERVICES
    }

    assert images["order-svc"] == "registry.example.com/shop/order-svc:0.2.0"
    assert "/shop/user-svc@sha256:0123" in images["user-svc"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_is_removed_from_its_service_before_it_stops(template, service):
    chosen = f"services.{service}.api.drainSeconds=45"
    _, spec = pods(template("default", chosen))[f"Deployment {service}"]
    [api] = spec["containers"]

    [*_, words] = api["lifecycle"]["preStop"]["exec"]["command"]
    drain, pause, cleanup = words.split("; ")
    pause = int(pause.removeprefix("sleep "))

    # chassis.web.gunicorn checks for this file; a restarted container must not find it.
    assert (drain, cleanup) == ("touch /tmp/draining", "rm /tmp/draining")
    assert pause == 45
    assert spec["terminationGracePeriodSeconds"] >= pause + gunicorn.graceful_timeout


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_run_before_any_process(template, service):
    for name in (service, f"{service}-worker"):
        _, spec = pods(template())[f"Deployment {name}"]
        [migrate] = spec["initContainers"]

        module = service.replace("-", "_")
        app = f"{module}:create_app"
        assert migrate["command"] == ["flask", "--app", app, "db", "upgrade"]
        assert migrate["envFrom"] == spec["containers"][0]["envFrom"]


@pytest.mark.parametrize("service", SERVICES)
def test_each_probe_uses_its_endpoint(template, service):
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
    liveness = api["livenessProbe"]
    assert liveness["periodSeconds"] * liveness["failureThreshold"] == 60
    # Every service trusts its own name; the address of a pod is not known before.
    [host] = api["readinessProbe"]["httpGet"]["httpHeaders"]
    assert host == {"name": "Host", "value": service}


def test_a_rolling_upgrade_stops_no_pod_before_a_new_one_is_ready(template):
    for name, deployment in of_kind(template(), "Deployment").items():
        rolling = deployment["spec"]["strategy"]["rollingUpdate"]
        assert rolling == {"maxUnavailable": 0, "maxSurge": 1}, name


def test_each_deployment_has_two_pods_and_a_disruption_budget(template):
    deployments = of_kind(template(), "Deployment")
    budgets = of_kind(template(), "PodDisruptionBudget")

    assert {d["spec"]["replicas"] for d in deployments.values()} == {2}
    assert set(budgets) == set(deployments)
    for name, budget in budgets.items():
        selector = deployments[name]["spec"]["selector"]
        assert budget["spec"]["selector"] == selector
        assert budget["spec"]["maxUnavailable"] == 1


def test_only_pods_of_a_deployment_match_its_selector(template):
    """A PodDisruptionBudget that matches the pod of a Job would block evictions."""
    found = pods(template())
    for name, deployment in of_kind(template(), "Deployment").items():
        chosen = deployment["spec"]["selector"]["matchLabels"].items()
        matching = [p for p, (labels, _) in found.items() if chosen <= labels.items()]
        assert matching == [f"Deployment {name}"]


def test_with_sqlite_one_pod_runs_api_and_worker(template):
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
