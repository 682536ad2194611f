"""A message that repeats is quarantined once, and can be retried."""

from typing import Any

import pytest
from sqlalchemy import select

from chassis import retention
from chassis.messaging import inbox
from order_svc.consumers import HANDLERS, QUEUE
from order_svc.extensions import db
from order_svc.models import QuarantinedMessage

REFUND = {
    "payment_id": 1,
    "refund_id": 1,
    "amount": "1.00",
    "reason": "staff",
    "n": 1,
}


def quarantined(shop: Any) -> list[str]:
    with shop.app.app_context():
        rows = select(QuarantinedMessage).order_by(QuarantinedMessage.id)
        return [row.reason for row in db.session.scalars(rows)]


def test_a_capture_of_an_unknown_order_is_quarantined_once(
    shop: Any,
) -> None:
    for _ in range(2):
        shop.pay(4711)

    assert quarantined(shop) == ["payment.captured 5211: There is no order 4711."]


@pytest.mark.parametrize("kind", ["refund.processed", "refund.failed"])
def test_a_refund_of_an_unknown_order_is_quarantined_once(shop: Any, kind: str) -> None:
    outcomes = [shop.receive(kind, order_id=4711, **REFUND) for _ in range(3)]
    shop.receive(kind, order_id=4711, **{**REFUND, "refund_id": 12})

    sentence = "There is no order 4711."
    assert outcomes == ["quarantined", "handled", "handled"]
    assert quarantined(shop) == [f"{kind} 1: {sentence}", f"{kind} 12: {sentence}"]


def decide(shop: Any, state: str, note: str = "") -> None:
    with shop.app.app_context():
        row = db.session.scalars(select(QuarantinedMessage)).one()
        row.retry() if state == "again" else row.drop(note)
        db.session.commit()


def retry(shop: Any) -> tuple[str, str | None]:
    """Retry the quarantined message; return its state and note."""
    with shop.app.app_context():
        inbox.retry(QUEUE, HANDLERS)
        row = db.session.scalars(select(QuarantinedMessage)).one()
        return row.state, row.note


def test_a_capture_that_came_before_its_order_is_recorded_when_it_is_retried(
    shop: Any,
) -> None:
    shop.pay(1)
    order = shop.placed()
    decide(shop, "again")

    assert retry(shop) == ("done", "handled")

    assert (order, shop.state(order)) == (1, "paid")


def test_a_copy_of_a_quarantined_message_does_not_make_its_retry_a_duplicate(
    shop: Any,
) -> None:
    for _ in range(2):
        shop.pay(1, event_id="e-1")
    order = shop.placed()
    decide(shop, "again")

    assert retry(shop) == ("done", "handled")

    assert shop.state(order) == "paid"


def test_a_retry_that_fails_waits_for_triage_again(shop: Any) -> None:
    shop.pay(4711)
    decide(shop, "again")

    state, note = retry(shop)

    assert (state, note) == (
        "waiting",
        "tried again: payment.captured 5211: There is no order 4711.",
    )
    assert len(quarantined(shop)) == 1


def test_a_dropped_capture_is_not_quarantined_again_by_its_copies(
    shop: Any, pass_seconds: Any
) -> None:
    shop.pay(4711)
    decide(shop, "dropped", "a test payment")
    for day in (20, 40, 60):
        pass_seconds(day * 86400)
        assert shop.pay(4711) == "handled"
        with shop.app.app_context():
            retention.prune()

    assert len(quarantined(shop)) == 1
