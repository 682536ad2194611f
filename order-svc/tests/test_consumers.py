"""payment-svc's messages: late, duplicate, out of order, wrong."""

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


def test_a_link_that_is_ready_can_be_paid(shop: Any) -> None:
    order = shop.placed()

    shop.receive("payment.link_ready", order_id=order, **LINK)

    assert shop.get(order)["payment"] == {"status": "PENDING", **LINK}


def test_a_link_that_fits_the_order_is_shown(shop: Any) -> None:
    order = shop.placed()
    facts = {"amount": "998.00", "currency": "INR", "user_id": shop.row(order).user_id}

    shop.receive("payment.link_ready", order_id=order, **LINK, **facts)

    assert shop.get(order)["payment"]["short_url"] == LINK["short_url"]


@pytest.mark.parametrize(
    "wrong", [{"amount": "1.00"}, {"currency": "USD"}, {"user_id": 9001}]
)
def test_a_link_that_was_made_before_the_order_is_not_shown(
    shop: Any, wrong: dict[str, Any]
) -> None:
    order = shop.placed()
    facts = {"amount": "998.00", "currency": "INR", **wrong}

    outcome = shop.receive("payment.link_ready", order_id=order, **LINK, **facts)

    assert outcome == "quarantined"
    assert shop.get(order)["payment"]["short_url"] is None
    ((name, value),) = wrong.items()
    assert f"{name} {value}, not" in quarantined(shop)[0]


def test_two_deliveries_of_a_capture_take_the_money_once(shop: Any) -> None:
    order = shop.placed()

    outcomes = [shop.pay(order, event_id="e-1") for _ in range(2)]

    assert outcomes == ["handled", "duplicate"]
    moves = [row["to_state"] for row in shop.history(order) if row["kind"] == "state"]
    assert moves == ["placed", "awaiting_payment", "paid"]


def test_a_capture_that_is_published_again_is_settled_again(shop: Any) -> None:
    order = shop.confirmed()

    for _ in range(2):
        shop.pay(order)

    settled = [data for kind, data in shop.published(order) if kind == "order.settled"]
    assert [data["outcome"] for data in settled] == ["kept"] * 3
    assert shop.state(order) == "confirmed"


def test_a_capture_that_arrives_before_the_link_is_recorded(shop: Any) -> None:
    order = shop.placed()

    shop.pay(order)
    shop.receive("payment.link_ready", order_id=order, **LINK)

    assert shop.state(order) == "paid"
    payment = shop.get(order)["payment"]
    assert (payment["status"], payment["short_url"]) == ("COMPLETED", None)
    assert shop.history(order)[-1]["kind"] == "ignored"


def test_a_close_after_the_capture_changes_nothing(shop: Any) -> None:
    order = shop.placed()
    shop.pay(order)

    shop.receive("payment.closed", order_id=order, reason="expired")

    assert shop.state(order) == "paid"
    assert shop.stock_commands(order) == []


def test_a_capture_after_the_close_is_kept_while_there_is_stock(
    shop: Any, products: Any
) -> None:
    order = shop.placed()
    shop.receive("payment.closed", order_id=order, reason="expired")
    shop.work()
    assert shop.get(order)["status"] == "failed"

    shop.pay(order)
    shop.work()

    assert shop.get(order)["status"] == "success"
    assert products.states[order] == "committed"


def test_a_capture_after_a_cancel_is_refunded(shop: Any) -> None:
    order = shop.placed()
    shop.cancel(order)

    shop.pay(order)

    assert shop.state(order) == "refund_pending"
    assert [row["reason"] for row in shop.refunds(order)] == ["cancelled"]
    shop.refunded(order)
    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("refunded", "998.00")
    assert after["payment"]["status"] == "REFUNDED"


def test_a_second_payment_alone_is_refunded(shop: Any) -> None:
    order = shop.confirmed()

    shop.pay(order, 777)
    shop.pay(order, 777)
    shop.refunded(order)

    assert [(r["payment_id"], r["reason"]) for r in shop.refunds(order)] == [
        (777, "duplicate")
    ]
    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("success", "0.00")
    settled = [data for kind, data in shop.published(order) if kind == "order.settled"]
    assert [(d["payment_id"], d["outcome"]) for d in settled] == [
        (501, "kept"),
        (777, "refund"),
        (777, "refund"),
    ]


@pytest.mark.parametrize("wrong", [{"amount": "997.99"}, {"currency": "USD"}])
def test_a_payment_that_does_not_fit_is_quarantined_once(shop: Any, wrong: Any) -> None:
    order = shop.placed()

    outcomes = [shop.pay(order, **wrong) for _ in range(3)]

    assert outcomes == ["quarantined", "handled", "handled"]
    assert len(quarantined(shop)) == 1
    assert shop.state(order) == "awaiting_payment"
    assert shop.refunds(order) == []


def test_a_payment_that_staff_accepted_is_recorded(shop: Any) -> None:
    order = shop.placed()

    shop.pay(order, amount="900.00", accepted=True)
    shop.work()

    assert shop.state(order) == "confirmed"
    assert shop.refund(order).json["amount"] == "900.00"


def test_a_refund_id_is_never_recorded_for_two_refunds(shop: Any) -> None:
    order = shop.confirmed()
    facts = {
        "order_id": order,
        "payment_id": 501,
        "refund_id": 9,
        "amount": "1.00",
        "reason": "direct",
    }
    shop.receive("refund.processed", **facts, n=1)

    shop.receive("refund.processed", **facts, n=2)

    assert quarantined(shop) == [
        "refund.processed 9: Refund 9 is recorded as another refund."
    ]
    assert shop.get(order)["refunded_amount"] == "1.00"


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", "yes", None])
def test_a_flag_of_a_message_is_a_boolean(shop: Any, value: Any) -> None:
    order = shop.placed()

    outcome = shop.receive(
        "payment.closed", order_id=order, reason="expired", rejected=value
    )

    assert outcome == "quarantined"


def test_a_link_is_ready_until_a_moment_of_any_precision(shop: Any) -> None:
    order, link = shop.placed(), {**LINK, "expires_at": "2030-01-01t00:00:00.1234567z"}

    assert shop.receive("payment.link_ready", order_id=order, **link) == "handled"
    assert shop.get(order)["payment"]["expires_at"] == "2030-01-01T00:00:00.123456Z"
