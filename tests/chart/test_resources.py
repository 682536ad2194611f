"""Memory, CPU and disk that the pods ask for, and a quota that all of them fit in."""

import re
from collections import Counter

import pytest

from chart.objects import containers, of_kind, pods
from devtools.chart.render import CASES

UNITS = {"": 1, "m": 0.001, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
# An API pod of user-svc after the end-to-end suite: kubectl -n shop top pods.
MEASURED = 152 * UNITS["Mi"]


def amount(text):
    """Return a quantity of Kubernetes as a number."""
    number, unit = re.fullmatch(r"([0-9.]+)(\w*)", str(text)).groups()
    return float(number) * UNITS[unit]


@pytest.mark.parametrize("case", CASES)
def test_every_volume_in_the_node_s_storage_is_bounded(template, manifests, case):
    for name, (_, spec) in pods([*template(case), *manifests]).items():
        for volume in spec.get("volumes", []):
            if "emptyDir" in volume:
                assert amount(volume["emptyDir"]["sizeLimit"]) <= UNITS["Gi"], name


@pytest.mark.parametrize("case", CASES)
def test_every_container_has_a_bound_of_memory_and_of_disk(template, manifests, case):
    for name, (_, spec) in pods([*template(case), *manifests]).items():
        for container in containers(spec):
            requests, limits = (
                container["resources"][what] for what in ("requests", "limits")
            )
            for what in ("memory", "ephemeral-storage"):
                assert amount(requests[what]) <= amount(limits[what]), name


@pytest.mark.parametrize("case", CASES)
def test_tmp_fits_in_the_disk_that_a_pod_may_use(template, case):
    for name, (_, spec) in pods(template(case)).items():
        least = min(
            amount(container["resources"]["limits"]["ephemeral-storage"])
            for container in spec["containers"]
        )
        for volume in spec["volumes"]:
            if volume["name"] == "tmp":
                assert amount(volume["emptyDir"]["sizeLimit"]) < least, name


@pytest.mark.parametrize("case", CASES)
def test_an_api_asks_for_the_memory_that_it_was_seen_to_use(template, case):
    for name, (labels, spec) in pods(template(case)).items():
        if labels["app.kubernetes.io/component"] == "api":
            requests = spec["containers"][0]["resources"]["requests"]
            assert amount(requests["memory"]) >= MEASURED, name


def requested(documents):
    """Return what all pods ask for, autoscaled to the most, during an upgrade."""
    scalers = of_kind(documents, "HorizontalPodAutoscaler")
    deployments, total = of_kind(documents, "Deployment"), Counter()
    for name, (_, spec) in pods(documents).items():
        kind, _, own = name.partition(" ")
        count = 1
        if kind == "Deployment":
            described = deployments[own]["spec"]
            most = described.get("replicas") or scalers[own]["spec"]["maxReplicas"]
            count = most + described["strategy"]["rollingUpdate"]["maxSurge"]
        total["pods"] += count
        for what in ("requests.cpu", "requests.memory", "limits.memory"):
            total[what] += count * of_pod(spec, *what.split("."))
    return total


def of_pod(spec, kind, what):
    """Return a pod's amount: its containers, or an init container that needs more."""
    found = {
        key: [amount(c["resources"][kind][what]) for c in spec.get(key, [])]
        for key in ("containers", "initContainers")
    }
    return max(sum(found["containers"]), *found["initContainers"], 0)


def test_the_quota_of_production_fits_all_pods_and_not_twice_as_many(template):
    documents = template("prod")
    [quota] = of_kind(documents, "ResourceQuota").values()

    for what, total in requested(documents).items():
        hard = amount(quota["spec"]["hard"][what])
        assert 1.1 * total <= hard <= 1.5 * total, what
    assert not of_kind(template(), "ResourceQuota")
