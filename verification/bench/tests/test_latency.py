"""What is timed: outboxes by their own rows, the link by who waits for it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, insert

from verification.bench import latency
from verification.faults.browser import Reply
from verification.faults.history import FAIL, OK

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Patient:
    """A buyer who finds each link at the second look."""

    refuses_until, refuses_from = 0, 1000

    def __init__(self):
        self.orders, self.looks = 0, []

    def place(self, *, has_key):
        self.orders += 1
        is_taken = self.refuses_until < self.orders < self.refuses_from
        return Reply(OK if is_taken else FAIL, 201, {"id": self.orders})

    def has_link(self, order_id):
        self.looks.append(order_id)
        return self.looks.count(order_id) == 2


def event(number, kind, seconds):
    return {
        "event_id": f"{kind} {number}",
        "queue": "a-queue",
        "type": kind,
        "source": "a-service",
        "subject": f"order/{number}",
        "data": {},
        "correlation_id": "a-story",
        "created_at": BEGAN,
        "published_at": BEGAN + timedelta(seconds=seconds),
    }


@pytest.fixture
def shop(tmp_path):
    """Return a shop whose events have left, slowly while it warmed up."""
    urls = {}
    for service, outbox, kind in latency.OUTBOXES.values():
        urls[service] = f"sqlite:///{tmp_path / service}.db"
        engine = create_engine(urls[service])
        outbox.__table__.create(engine)
        waits = [9.0] * latency.WARM_UP + [0.1, 0.2, 0.3]
        rows = [event(number, kind, wait) for number, wait in enumerate(waits)]
        with engine.begin() as connection:
            connection.execute(insert(outbox), [*rows, event(99, "order.settled", 7)])
        engine.dispose()
    return SimpleNamespace(urls=urls)


def test_the_waits_of_the_warm_up_and_of_other_events_are_not_counted(shop):
    buyer = Patient()

    waits = latency.measure(shop, buyer, 3, lambda _: None)

    assert buyer.orders == 1 + latency.WARM_UP + 3
    assert [len(one) for one in waits.values()] == [3, 3, 3]
    for title in latency.OUTBOXES:
        assert waits[title] == [0.1, 0.2, 0.3]


def test_an_order_is_looked_at_until_it_shows_its_link(shop):
    buyer = Patient()

    latency.measure(shop, buyer, 3, lambda _: None)

    assert buyer.looks == sorted([*range(2, 10)] * 2)


def test_an_order_that_is_refused_is_not_timed(shop):
    buyer = Patient()
    buyer.refuses_from = latency.WARM_UP + 3

    with pytest.raises(RuntimeError, match="POST /orders/ was not answered well"):
        latency.measure(shop, buyer, 3, lambda _: None)


def test_the_shop_may_refuse_until_it_has_fetched_its_keys(shop):
    buyer = Patient()
    buyer.refuses_until = 2

    waits = latency.measure(shop, buyer, 3, lambda _: None)

    assert len(waits[latency.LINK]) == 3
