"""Cancelling an order before it is paid."""

from typing import Any

import pytest


def test_an_unpaid_order_is_cancelled_when_its_link_is_dead(
    shop: Any, products: Any
) -> None:
    order = shop.placed()

    answer = shop.cancel(order)

    assert (answer.status_code, answer.json["status"]) == (202, "pending")
    assert answer.headers["Retry-After"]
    kind, data = shop.published(order)[-1]
    assert (kind, data["reason"]) == ("payment.close_requested", "cancelled")
    shop.work()
    assert products.states[order] == "held"
    shop.receive("payment.closed", order_id=order, reason="cancelled")
    shop.work()
    assert shop.get(order)["status"] == "cancelled"
    assert products.states[order] == "release final"


def test_a_repeated_cancel_has_the_same_answer(shop: Any) -> None:
    order = shop.placed()

    answers = [shop.cancel(order).status_code for _ in range(2)]
    shop.receive("payment.closed", order_id=order, reason="cancelled")
    again = shop.cancel(order)

    assert answers == [202, 202]
    assert (again.status_code, again.json["status"]) == (200, "cancelled")
    kinds = [kind for kind, _ in shop.published(order)]
    assert kinds == ["payment.requested", "payment.close_requested"]


@pytest.mark.parametrize("end", ["cancelling", "expiring"])
def test_a_link_that_is_being_closed_is_not_shown(
    shop: Any, pass_seconds: Any, end: str
) -> None:
    pass_seconds(0)
    order = shop.placed()
    link = {"short_url": "https://rzp.example/l/1"}
    link["expires_at"] = "2020-01-01T00:00:00Z"
    shop.receive("payment.link_ready", order_id=order, **link)
    assert shop.get(order)["payment"]["short_url"] == link["short_url"]

    if end == "cancelling":
        shop.cancel(order)
    else:
        shop.work()

    assert shop.state(order) == end
    payment = shop.get(order)["payment"]
    assert (payment["status"], payment["short_url"]) == ("PENDING", None)


@pytest.mark.parametrize("work", [True, False])
def test_a_paid_order_cannot_be_cancelled(shop: Any, work: bool) -> None:
    order = shop.placed()
    shop.pay(order)
    if work:
        shop.work()

    answer = shop.cancel(order)

    assert (answer.status_code, answer.json["code"]) == (409, "already_paid")


def test_an_expired_order_cannot_be_cancelled(shop: Any) -> None:
    order = shop.placed()
    shop.receive("payment.closed", order_id=order, reason="expired")

    answer = shop.cancel(order)

    assert (answer.status_code, answer.json["code"]) == (409, "order_expired")


def test_a_cancel_of_a_rejected_order_changes_nothing(shop: Any, products: Any) -> None:
    products.answers["reserve"] = (409, {"code": "insufficient_stock", "items": []})
    shop.order()

    assert shop.cancel(1).status_code == 200


def test_staff_cancel_for_a_customer(shop: Any) -> None:
    order = shop.placed()

    assert shop.cancel(order, shop.staff).status_code == 202
    assert shop.timeline(order)[-2]["reason"] == "user:900"
