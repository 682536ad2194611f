"""The HorizontalPodAutoscalers add pods under load."""

import pytest

from devtools.demo import client as patience
from devtools.kind import kubectl
from devtools.layout import SERVICES

pytestmark = [pytest.mark.e2e, pytest.mark.operations]


def test_an_api_is_scaled_up_by_its_cpu(load, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 240)
    monkeypatch.setattr("e2e.operations.load.PAUSE", 0)

    with load:
        scaled = patience.until(lambda: _more_than_two() or None, "an API is scaled up")

    assert scaled


def _more_than_two():
    scalers = kubectl.get("horizontalpodautoscalers")["items"]
    assert {scaler["metadata"]["name"] for scaler in scalers} == set(SERVICES)
    return {
        scaler["metadata"]["name"]
        for scaler in scalers
        if scaler["status"]["currentReplicas"] > 2
    }
