"""What the worker does for a due order, also without an answer."""

from typing import Any

import pytest
from dependencies import HANG_UP, LOSE

from order_svc.managers import schedule
from order_svc.steps import order_checks

GONE = (409, {"code": "reservation_gone"})
LINK = {"short_url": "https://rzp.example/l/1", "expires_at": "2030-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def clock(pass_seconds: Any) -> None:
    pass_seconds(0)


def test_a_paid_order_takes_its_stock_at_once(shop: Any, products: Any) -> None:
    order = shop.placed()
    shop.pay(order)

    shop.work()

    assert shop.state(order) == "confirmed"
    assert products.states[order] == "committed"
    settled = {"order_id": order, "payment_id": 500 + order, "outcome": "kept"}
    assert shop.published(order)[-1] == ("order.settled", settled)


@pytest.mark.parametrize("answer", [HANG_UP, [LOSE], (503, {}), (404, {}), (401, {})])
def test_a_commit_is_repeated_until_it_is_answered_and_never_refunded(
    shop: Any, products: Any, pass_seconds: Any, answer: Any
) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = answer
    shop.work()
    assert shop.state(order) == "paid"
    assert shop.refunds(order) == []

    products.answers.clear()
    pass_seconds(5)
    shop.work()

    assert shop.state(order) == "confirmed"


def test_a_commit_without_a_reservation_alerts_each_time(
    shop: Any, products: Any, pass_seconds: Any, caplog: Any
) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = (404, {})

    for seen in (1, 2):
        shop.work()
        pass_seconds(61)
        assert caplog.text.count("no reservation for a paid order") == seen

    last = [r for r in caplog.records if "no reservation" in r.getMessage()][-1]
    assert last.levelname == "ERROR"
    assert "alert" in caplog.text
    assert shop.state(order) == "paid"


def test_an_unanswered_commit_is_repeated_after_a_pause(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = (503, {})

    for _ in range(3):
        shop.work()

    assert products.count("commit") == 1


def test_a_refused_commit_refunds_the_payment(shop: Any, products: Any) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = GONE

    shop.work()

    assert shop.get(order)["status"] == "refunding"
    kinds = [kind for kind, _ in shop.published(order)]
    assert kinds == ["payment.requested", "refund.requested", "order.settled"]
    asked = {"order_id": order, "payment_id": 501, "amount": "998.00"}
    assert shop.published(order)[1][1] == {**asked, "reason": "stock_gone", "n": 1}
    assert shop.published(order)[2][1]["outcome"] == "refund"


def test_an_order_that_a_crash_left_placed_is_resumed_after_half_a_minute(
    shop: Any, products: Any, pass_seconds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: int) -> None:
        raise KeyError("crash")

    with monkeypatch.context() as patch:
        patch.setattr("order_svc.steps.reserve", crash)
        assert shop.order().status_code == 500
    shop.work()
    assert shop.state(1) == "placed"

    pass_seconds(31)
    shop.work()

    assert shop.state(1) == "awaiting_payment"
    assert shop.published(1)[0][0] == "payment.requested"


def test_a_link_that_does_not_come_is_requested_again(
    shop: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    pass_seconds(30)
    shop.work()
    assert len(shop.published(order)) == 1

    for _ in range(2):
        pass_seconds(60)
        shop.work()
        shop.work()

    first, second, third = shop.published(order)
    assert first == second == third


def test_a_link_that_has_come_is_not_requested_again(
    shop: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    shop.receive("payment.link_ready", order_id=order, **LINK)

    pass_seconds(300)
    shop.work()

    assert len(shop.published(order)) == 1
    assert shop.get(order)["payment"]["short_url"] == LINK["short_url"]


def test_an_order_without_a_link_is_closed_16_minutes_after_it_was_placed(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    pass_seconds(900)
    shop.work()
    assert shop.state(order) == "awaiting_payment"

    pass_seconds(61)
    shop.work()

    assert shop.state(order) == "expiring"
    kind, data = shop.published(order)[-1]
    assert (kind, data["reason"]) == ("payment.close_requested", "expired")
    assert products.count("release") == 0


def test_an_order_is_closed_a_minute_after_its_link_has_expired(
    shop: Any, pass_seconds: Any
) -> None:
    from chassis import clock, json

    order = shop.placed()
    expires_at = json.timestamp(clock.now())
    link = {**LINK, "expires_at": expires_at}
    shop.receive("payment.link_ready", order_id=order, **link)
    pass_seconds(30)
    shop.work()
    assert shop.state(order) == "awaiting_payment"

    pass_seconds(31)
    shop.work()

    assert shop.state(order) == "expiring"


@pytest.mark.parametrize("way", ["expiring", "cancelling"])
def test_a_close_is_requested_again_until_it_is_answered(
    shop: Any, pass_seconds: Any, way: str
) -> None:
    order = shop.placed()
    if way == "cancelling":
        shop.cancel(order)
    else:
        pass_seconds(961)
        shop.work()
    before = len(shop.published(order))

    for _ in range(3):
        pass_seconds(61)
        shop.work()

    kinds = [kind for kind, _ in shop.published(order)]
    assert kinds[before:] == ["payment.close_requested"] * 3
    assert shop.state(order) == way


def test_the_workers_messages_have_the_orders_correlation_id(
    shop: Any, products: Any
) -> None:
    order = shop.placed(headers={"X-Correlation-ID": "basket-17"})
    shop.pay(order)

    shop.work()

    lines = {row["name"]: row["correlation_id"] for row in shop.timeline(order)}
    assert lines["order.settled"] == "basket-17"
    assert lines["stock.committed"] == "basket-17"
    assert lines["payment.captured"] == "from-payment-svc"


def test_every_state_that_becomes_due_has_a_check() -> None:
    assert order_checks.CHECKS.keys() == schedule.CHECKS.keys()
