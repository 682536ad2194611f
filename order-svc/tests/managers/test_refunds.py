"""Refunds: each row is answered once, whoever made it."""

from typing import Any

from chassis import leases
from order_svc.extensions import db
from order_svc.models import OrderRefund


def test_staff_request_a_failed_refund_again_under_a_new_number(
    shop: Any,
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order, "refund.failed")
    assert shop.get(order)["status"] == "refunding"

    answer = shop.refund(order)
    shop.refunded(order)

    assert answer.json["amount"] == "998.00"
    rows = [(row["n"], row["state"]) for row in shop.refunds(order)]
    assert rows == [(1, "failed"), (2, "processed")]
    assert shop.get(order)["status"] == "refunded"


def test_a_processed_refund_stays_processed(shop: Any) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order)

    shop.refunded(order, "refund.failed")
    shop.refunded(order)

    assert shop.get(order)["status"] == "refunded"
    assert [row["state"] for row in shop.refunds(order)] == ["processed"]


def test_a_refund_made_at_payment_svc_counts_and_each_copy_is_settled(
    shop: Any,
) -> None:
    order = shop.confirmed()
    facts = {"order_id": order, "payment_id": 501, "reason": "direct", "n": 1}

    for _ in range(2):
        shop.receive("refund.processed", **facts, refund_id=7, amount="98.00")

    assert shop.get(order)["refunded_amount"] == "98.00"
    answers = [d for _, d in shop.published(order) if d.get("refund_id") == 7]
    assert [answer["outcome"] for answer in answers] == ["kept", "kept"]
    assert shop.refund(order).json["amount"] == "900.00"


def test_a_direct_refund_of_all_ends_the_order(shop: Any) -> None:
    order = shop.confirmed()

    shop.receive(
        "refund.processed",
        order_id=order,
        payment_id=501,
        reason="direct",
        n=1,
        refund_id=7,
        amount="998.00",
    )

    assert shop.get(order)["status"] == "refunded"


def test_an_answered_refund_that_is_due_is_released_and_not_requested(
    shop: Any,
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order)
    with shop.app.app_context():
        leases.make_due(OrderRefund, shop.refunds(order)[0]["id"])
        db.session.commit()

    shop.work()

    assert shop.refunds(order)[0]["next_check_at"] is None
    kinds = [kind for kind, _ in shop.published(order)]
    assert kinds.count("refund.requested") == 1
