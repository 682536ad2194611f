"""Disputes of an order's payments."""

from typing import Any

import pytest
from sqlalchemy import select

from order_svc.extensions import db
from order_svc.models import OrderDispute

RESPOND_BY = "2026-12-06T18:30:00Z"


@pytest.fixture
def dispute(shop: Any) -> Any:
    """Return `dispute(order)`: deliver a message about a dispute of its payment."""

    def deliver(order: int, **data: Any) -> str:
        usual = {
            "order_id": order,
            "payment_id": shop.row(order).payment_id or 501,
            "dispute_id": 9,
            "version": 1,
            "phase": "chargeback",
            "status": "open",
            "amount": "998.00",
            "respond_by": RESPOND_BY,
        }
        outcome: str = shop.receive("payment.disputed", **{**usual, **data})
        return outcome

    return deliver


def stored(shop: Any) -> list[tuple[int, int, str, str]]:
    with shop.app.app_context():
        rows = db.session.scalars(select(OrderDispute).order_by(OrderDispute.id))
        return [(r.dispute_id, r.version, r.phase, r.status) for r in rows]


def test_a_dispute_is_a_line_of_the_timeline_and_changes_no_state(
    shop: Any, dispute: Any
) -> None:
    order = shop.confirmed()

    assert dispute(order) == "handled"

    assert shop.state(order) == "confirmed"
    line = shop.timeline(order)[-1]
    assert (line["service"], line["kind"]) == ("payment-svc", "message_in")
    assert line["name"] == "payment.disputed"
    assert line["reason"] == (
        "chargeback, open: 998.00 is disputed, respond by 2026-12-06 18:30 UTC"
    )
    assert stored(shop) == [(9, 1, "chargeback", "open")]


def test_a_dispute_without_a_date_names_none(shop: Any, dispute: Any) -> None:
    order = shop.confirmed()

    dispute(order, respond_by=None)

    assert shop.timeline(order)[-1]["reason"].endswith("998.00 is disputed")


@pytest.mark.parametrize(
    ("phase", "status", "code"),
    [
        ("chargeback", "open", "dispute_open"),
        ("arbitration", "under_review", "dispute_open"),
        ("retrieval", "a new status", "dispute_open"),
        ("a new phase", "open", "dispute_open"),
        ("fraud", "open", None),
        ("chargeback", "won", None),
        ("chargeback", "lost", None),
        ("chargeback", "closed", None),
    ],
)
def test_staff_refund_nothing_while_a_dispute_is_open(
    shop: Any, dispute: Any, phase: str, status: str, code: str | None
) -> None:
    order = shop.confirmed()
    dispute(order, phase=phase, status=status)

    answer = shop.refund(order)

    assert answer.status_code == (409 if code else 202)
    assert answer.json.get("code") == code
    assert len(shop.refunds(order)) == (0 if code else 1)


def test_a_dispute_of_another_payment_hinders_no_refund(
    shop: Any, dispute: Any
) -> None:
    order = shop.confirmed()
    dispute(order, payment_id=shop.row(order).payment_id + 1)

    assert shop.refund(order).status_code == 202


def test_an_older_message_changes_nothing(shop: Any, dispute: Any) -> None:
    order = shop.confirmed()

    dispute(order, version=3, status="won")
    dispute(order, version=2, status="under_review")
    dispute(order, version=3, status="open")

    assert stored(shop) == [(9, 3, "chargeback", "won")]


def test_two_disputes_of_one_payment_are_two(shop: Any, dispute: Any) -> None:
    order = shop.confirmed()

    dispute(order, dispute_id=9, version=2, status="won")
    dispute(order, dispute_id=10)

    assert len(stored(shop)) == 2
    assert shop.refund(order).status_code == 409


@pytest.mark.parametrize("state", ["awaiting_payment", "cancelling"])
def test_a_dispute_may_arrive_before_its_capture(
    shop: Any, dispute: Any, state: str
) -> None:
    order = shop.placed()
    if state == "cancelling":
        shop.cancel(order)

    assert dispute(order) == "handled"

    assert shop.state(order) == state
    assert len(stored(shop)) == 1
