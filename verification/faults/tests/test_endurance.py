"""What hostile clients may cost the others."""

import os
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from werkzeug.wrappers import Response

from devtools.layout import SERVICES
from devtools.testkit.plugin import serve
from verification.faults import endurance
from verification.faults.endurance import Endurance, health, hurt, memory
from verification.faults.history import FAIL, INFO, OK, History
from verification.faults.waiting import wait_for


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history.jsonl")


def place(history, outcome, status, times=1):
    for _ in range(times):
        history.note("asha", "place", outcome, status=status)


def test_orders_may_be_sold_out_or_refused_for_their_owner(history):
    place(history, OK, 201, 50)
    place(history, FAIL, 409, 50)

    assert [*hurt(history)] == []


@pytest.mark.parametrize(
    ("outcome", "status"), [(INFO, 0), (INFO, 503), (INFO, 429), (FAIL, 401)]
)
def test_one_of_a_hundred_orders_may_be_lost(history, outcome, status):
    place(history, OK, 201, 99)
    place(history, outcome, status)
    assert [*hurt(history)] == []

    place(history, outcome, status)
    assert [*hurt(history)] == [f"2 of 101 orders were lost: [{status}]"]


def test_a_service_is_healthy_or_not():
    with serve(Response()) as url:
        assert health(url) < endurance.HEALTHY_WITHIN
    with serve(Response(status=503)) as url:
        assert health(url) == float("inf")
    assert health("http://127.0.0.1:1") == float("inf")


@pytest.fixture
def shop():
    """Return four services, all of which are this process."""
    with ExitStack() as stack:
        urls = {name: stack.enter_context(serve(Response())) for name in SERVICES}
        running = {name: SimpleNamespace(pid=os.getpid()) for name in SERVICES}
        yield SimpleNamespace(site=SimpleNamespace(address=urls.get), running=running)


def watched(shop, history):
    watch = Endurance(shop)
    watch.start()
    wait_for(lambda: all(watch.memory.values()), "all are measured", pause=0.001)
    return watch.end(history)


def test_healthy_services_of_a_usual_size_exceed_nothing(shop, history, monkeypatch):
    monkeypatch.setattr(endurance, "PAUSE", 0.001)
    monkeypatch.setattr(endurance, "MEMORY_MOST", memory(os.getpid()) + 100)

    assert watched(shop, history) == []


def test_slow_and_large_services_exceed_the_bounds(shop, history, monkeypatch):
    monkeypatch.setattr(endurance, "PAUSE", 0.001)
    monkeypatch.setattr(endurance, "MEMORY_MOST", 1)
    monkeypatch.setattr(endurance, "health", lambda address: float("inf"))
    place(history, INFO, 0)

    found = watched(shop, history)

    assert {row["id"] for row in found} == {"endurance"}
    assert len(found) == 2 * len(SERVICES) + 1
    assert {"id": "endurance", "row": "order-svc was not healthy within 5 s"} in found


def test_a_service_whose_worker_was_replaced_exceeds_a_bound(
    shop, history, monkeypatch
):
    before, after = [{1}, {2}, {3}, {4, 5}], [{1, 9}, {2}, {3}, {4, 6}]
    found = iter(before + after)
    monkeypatch.setattr(endurance, "MEMORY_MOST", memory(os.getpid()) + 100)
    monkeypatch.setattr(endurance, "workers", lambda pid: next(found))

    [row] = watched(shop, history)

    assert row["row"] == f"{SERVICES[3]} has lost a worker process"
