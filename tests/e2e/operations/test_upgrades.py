"""An upgrade and a rollback replace every pod without a failed request."""

import uuid

import pytest

from devtools.chart.render import CHART
from devtools.kind import kubectl
from devtools.kind.progress import PODS

pytestmark = [pytest.mark.e2e, pytest.mark.operations]
RELEASE = "shop"


def running():
    """Return the names of the shop's pods that are not terminating."""
    found = [p["metadata"] for p in kubectl.get("pods", f"--selector={PODS}")["items"]]
    return {pod["name"] for pod in found if "deletionTimestamp" not in pod}


def test_an_upgrade_and_a_rollback_under_load_fail_no_request(load, helm):
    every = f"--set=defaults.podAnnotations.trial={uuid.uuid4().hex}"
    first = running()

    with load:
        helm("upgrade", RELEASE, str(CHART), "--reuse-values", every)
        second = running()
        helm("rollback", RELEASE)
        third = running()

    assert first.isdisjoint(second), "every pod is replaced"
    assert second.isdisjoint(third), "every pod is replaced again"
    assert load.failures == []
    assert load.done > 100
