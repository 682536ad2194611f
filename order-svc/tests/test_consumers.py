"""payment-svc's messages: late, twice, out of order, mistaken."""

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
LINK = {"short_url": "https://rzp.example/l/1", "expires_at": "2030-01-01T00:00:00Z"}


def parked(shop: Any) -> list[str]:
    with shop.app.app_context():
        rows = select(QuarantinedMessage).order_by(QuarantinedMessage.id)
        return [row.reason for row in db.session.scalars(rows)]


def test_a_link_that_is_ready_can_be_paid(shop: Any) -> None:
    order = shop.placed()

    shop.hear("payment.link_ready", order_id=order, **LINK)

    assert shop.get(order)["payment"] == {"status": "PENDING", **LINK}


def test_two_deliveries_of_a_capture_take_the_money_once(shop: Any) -> None:
    order = shop.placed()

    outcomes = [shop.pay(order, event_id="e-1") for _ in range(2)]

    assert outcomes == ["handled", "duplicate"]
    moves = [row["to_state"] for row in shop.history(order) if row["kind"] == "state"]
    assert moves == ["placed", "awaiting_payment", "paid"]


def test_a_capture_that_is_announced_again_is_answered_again(shop: Any) -> None:
    order = shop.confirmed()

    for _ in range(2):
        shop.pay(order)

    settled = [data for kind, data in shop.said(order) if kind == "order.settled"]
    assert [data["outcome"] for data in settled] == ["kept"] * 3
    assert shop.state(order) == "confirmed"


def test_a_capture_that_overtakes_the_link_wins(shop: Any) -> None:
    order = shop.placed()

    shop.pay(order)
    shop.hear("payment.link_ready", order_id=order, **LINK)

    assert shop.state(order) == "paid"
    payment = shop.get(order)["payment"]
    assert (payment["status"], payment["short_url"]) == ("COMPLETED", None)
    assert shop.history(order)[-1]["kind"] == "ignored"


def test_a_close_after_the_capture_changes_nothing(shop: Any) -> None:
    order = shop.placed()
    shop.pay(order)

    shop.hear("payment.closed", order_id=order, reason="expired")

    assert shop.state(order) == "paid"
    assert shop.owed(order) == []


def test_a_capture_after_the_close_is_kept_while_stock_can_be_had(
    shop: Any, products: Any
) -> None:
    order = shop.placed()
    shop.hear("payment.closed", order_id=order, reason="expired")
    shop.work()
    assert shop.get(order)["status"] == "failed"

    shop.pay(order)
    shop.work()

    assert shop.get(order)["status"] == "success"
    assert products.states[order] == "committed"


def test_a_capture_after_a_cancel_goes_back(shop: Any) -> None:
    order = shop.placed()
    shop.cancel(order)

    shop.pay(order)

    assert shop.state(order) == "refund_pending"
    assert [row["reason"] for row in shop.refunds(order)] == ["cancelled"]
    shop.refunded(order)
    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("refunded", "998.00")
    assert after["payment"]["status"] == "REFUNDED"


def test_a_second_payment_goes_back_alone(shop: Any) -> None:
    order = shop.confirmed()

    shop.pay(order, 777)
    shop.pay(order, 777)
    shop.refunded(order)

    assert [(r["payment_id"], r["reason"]) for r in shop.refunds(order)] == [
        (777, "duplicate")
    ]
    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("success", "0.00")
    settled = [data for kind, data in shop.said(order) if kind == "order.settled"]
    assert [(d["payment_id"], d["outcome"]) for d in settled] == [
        (501, "kept"),
        (777, "refund"),
        (777, "refund"),
    ]


@pytest.mark.parametrize("wrong", [{"amount": "997.99"}, {"currency": "USD"}])
def test_money_that_does_not_fit_waits_for_a_person_once(shop: Any, wrong: Any) -> None:
    order = shop.placed()

    outcomes = [shop.pay(order, **wrong) for _ in range(3)]

    assert outcomes == ["quarantined", "handled", "handled"]
    assert len(parked(shop)) == 1
    assert shop.state(order) == "awaiting_payment"
    assert shop.refunds(order) == []


def test_money_that_a_person_has_accepted_is_taken(shop: Any) -> None:
    order = shop.placed()

    shop.pay(order, amount="900.00", accepted=True)
    shop.work()

    assert shop.state(order) == "confirmed"
    assert shop.refund(order).json["amount"] == "900.00"


def test_a_capture_of_an_order_that_does_not_exist_is_kept_for_a_person_once(
    shop: Any,
) -> None:
    for _ in range(2):
        shop.pay(4711)

    assert parked(shop) == ["payment.captured 5211: There is no order 4711."]


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
def test_a_message_that_cannot_be_understood_leaves_the_queue(
    shop: Any, kind: str, data: Any
) -> None:
    outcome = shop.hear(kind, order_id=4711, **{**REFUND, "currency": "INR", **data})

    assert outcome == "quarantined"
    assert len(parked(shop)) == 1


@pytest.mark.parametrize("kind", ["refund.processed", "refund.failed"])
def test_a_refund_of_an_order_that_does_not_exist_is_kept_for_a_person_once(
    shop: Any, kind: str
) -> None:
    outcomes = [shop.hear(kind, order_id=4711, **REFUND) for _ in range(3)]
    shop.hear(kind, order_id=4711, **{**REFUND, "refund_id": 12})

    sentence = "There is no order 4711."
    assert outcomes == ["quarantined", "handled", "handled"]
    assert parked(shop) == [f"{kind} 1: {sentence}", f"{kind} 12: {sentence}"]


def decide(shop: Any, state: str, note: str = "") -> None:
    with shop.app.app_context():
        row = db.session.scalars(select(QuarantinedMessage)).one()
        row.retry() if state == "again" else row.drop(note)
        db.session.commit()


def retry(shop: Any) -> tuple[str, str | None]:
    """Let the worker try again; return state and note of the quarantined message."""
    with shop.app.app_context():
        inbox.retry(QUEUE, HANDLERS)
        row = db.session.scalars(select(QuarantinedMessage)).one()
        return row.state, row.note


def test_a_capture_that_overtook_its_order_is_taken_when_it_is_tried_again(
    shop: Any,
) -> None:
    shop.pay(1)
    order = shop.placed()
    decide(shop, "again")

    assert retry(shop) == ("done", "handled")

    assert (order, shop.state(order)) == (1, "paid")


def test_a_copy_of_what_is_kept_does_not_make_its_retry_a_duplicate(shop: Any) -> None:
    for _ in range(2):
        shop.pay(1, event_id="e-1")
    order = shop.placed()
    decide(shop, "again")

    assert retry(shop) == ("done", "handled")

    assert shop.state(order) == "paid"


def test_a_retry_that_changes_nothing_waits_for_a_person_again(shop: Any) -> None:
    shop.pay(4711)
    decide(shop, "again")

    state, note = retry(shop)

    assert (state, note) == (
        "waiting",
        "tried again: payment.captured 5211: There is no order 4711.",
    )
    assert len(parked(shop)) == 1


def test_a_capture_that_was_dropped_does_not_come_back_with_its_copies(
    shop: Any, pass_seconds: Any
) -> None:
    shop.pay(4711)
    decide(shop, "dropped", "a test payment")
    for day in (20, 40, 60):
        pass_seconds(day * 86400)
        assert shop.pay(4711) == "handled"
        with shop.app.app_context():
            retention.prune()

    assert len(parked(shop)) == 1


def test_members_that_are_not_known_yet_are_ignored(shop: Any) -> None:
    order = shop.placed()

    assert shop.pay(order, colour="blue") == "handled"

    assert shop.state(order) == "paid"


def test_a_refund_id_is_never_recorded_for_two_refunds(shop: Any) -> None:
    order = shop.confirmed()
    facts = {
        "order_id": order,
        "payment_id": 501,
        "refund_id": 9,
        "amount": "1.00",
        "reason": "direct",
    }
    shop.hear("refund.processed", **facts, n=1)

    shop.hear("refund.processed", **facts, n=2)

    assert parked(shop) == ["refund.processed 9: Refund 9 is known as another one."]
    assert shop.get(order)["refunded_amount"] == "1.00"


@pytest.mark.parametrize(
    ("reason", "status"),
    [("expired", "EXPIRED"), ("cancelled", "CANCELLED"), ("no link: 400", "FAILED")],
)
def test_the_payments_end_is_told_in_its_own_words(
    shop: Any, reason: str, status: str
) -> None:
    order = shop.placed()

    shop.hear("payment.closed", order_id=order, reason=reason)

    assert shop.get(order)["payment"]["status"] == status
