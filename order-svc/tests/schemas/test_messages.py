"""Messages: a wrong one is quarantined, unknown members are ignored."""

from typing import Any

import pytest
from sqlalchemy import select

from order_svc.extensions import db
from order_svc.models import QuarantinedMessage

REFUND = {
    "payment_id": 1,
    "refund_id": 1,
    "amount": "1.00",
    "reason": "staff",
    "n": 1,
}


LINK = {"short_url": "https://rzp.example/l/1", "expires_at": "2030-01-01T00:00:00Z"}


def quarantined(shop: Any) -> list[str]:
    with shop.app.app_context():
        rows = select(QuarantinedMessage).order_by(QuarantinedMessage.id)
        return [row.reason for row in db.session.scalars(rows)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("payment.link_ready", LINK),
        ("payment.closed", {"reason": "expired"}),
        ("refund.processed", {"n": 0}),
        ("refund.failed", {"amount": "0.00"}),
        ("payment.captured", {"payment_id": "1"}),
        ("payment.unheard_of", {}),
    ],
)
def test_an_invalid_message_is_quarantined(shop: Any, kind: str, data: Any) -> None:
    outcome = shop.receive(kind, order_id=4711, **{**REFUND, "currency": "INR", **data})

    assert outcome == "quarantined"
    assert len(quarantined(shop)) == 1


def test_a_review_of_nothing_paid_reaches_its_order(shop: Any) -> None:
    order = shop.placed()
    seen = {"payment_id": 1, "amount": "0.00", "currency": "INR"}

    outcome = shop.receive(
        "payment.under_review", order_id=order, reason="an offer", **seen
    )

    assert (outcome, shop.state(order)) == ("handled", "under_review")


def test_unknown_members_are_ignored(shop: Any) -> None:
    order = shop.placed()

    assert shop.pay(order, colour="blue") == "handled"

    assert shop.state(order) == "paid"
