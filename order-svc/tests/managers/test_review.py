"""An order whose payment is under review, from the first message to the decision."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis import clock
from chassis.state_machine import Trigger
from order_svc.config import Times
from order_svc.managers.review import begin_review
from order_svc.models import TRANSITIONS as TABLE
from order_svc.models import Effect, Order, OrderState, OrderTrigger

LINK = {"short_url": "https://rzp.example/l/1", "expires_at": "2030-01-01T00:00:00Z"}
CHECKING = (
    "We received 1032.19 INR for this order. Our staff are checking the amount. "
    "You do not need to pay again."
)
HOUR, DAY = 3600, 86400


@pytest.fixture(autouse=True)
def now(pass_seconds: Any) -> None:
    pass_seconds(0)


@pytest.fixture
def reviewed(shop: Any) -> int:
    """Return an order of 998.00 whose customer has paid a fee in addition."""
    order = shop.placed()
    shop.receive("payment.link_ready", order_id=order, **LINK)
    assert shop.review(order) == "handled"
    return int(order)


def test_the_customer_is_told_and_sees_no_link(shop: Any, reviewed: int) -> None:
    order = shop.get(reviewed, shop.asha)

    assert (order["status"], order["notice"]) == ("pending", CHECKING)
    assert order["payment"]["status"] == "PENDING"
    assert order["payment"]["short_url"] is None
    assert shop.row(reviewed).short_url is None


def test_an_order_without_a_review_has_no_notice(shop: Any) -> None:
    assert shop.get(shop.placed())["notice"] is None
    assert shop.get(shop.confirmed())["notice"] is None


def test_the_timeline_and_an_alert_name_the_reason(shop: Any, caplog: Any) -> None:
    order = shop.placed()
    shop.review(order)
    line = shop.timeline(order)[-1]
    for _ in range(2):
        shop.review(order)  # an answer to a question: no second alert

    assert (line["name"], line["to"]) == ("payment.under_review", "under_review")
    assert line["reason"] == "The customer paid a fee of 34.19 INR."
    [alert] = [r for r in caplog.records if "payment under review" in r.getMessage()]
    assert alert.levelname == "ERROR"
    assert "'alert': True" in alert.getMessage()


def test_an_order_under_review_cannot_be_cancelled(shop: Any, reviewed: int) -> None:
    answer = shop.cancel(reviewed)

    assert (answer.status_code, answer.json["code"]) == (409, "payment_under_review")
    assert "being checked" in answer.json["detail"]
    assert shop.state(reviewed) == "under_review"


def test_an_accepted_payment_is_kept_with_all_that_was_paid(
    shop: Any, reviewed: int, products: Any
) -> None:
    shop.pay(reviewed, amount="1032.19", accepted=True)
    shop.work()

    order = shop.get(reviewed)
    assert (order["status"], order["notice"]) == ("success", None)
    assert products.states[reviewed] == "committed"
    assert shop.refund(reviewed).json["amount"] == "1032.19"
    assert shop.row(reviewed).review_since is None


def test_a_rejected_payment_ends_the_order_and_is_refunded(
    shop: Any, reviewed: int, products: Any
) -> None:
    shop.receive("payment.closed", order_id=reviewed, reason="cancelled", rejected=True)
    shop.work()

    order = shop.get(reviewed)
    assert (order["status"], order["payment"]["status"]) == ("failed", "CANCELLED")
    assert order["notice"] == (
        "We received 1032.19 INR, which does not match this order. We are refunding it."
    )
    assert products.states[reviewed] == "release"


def test_a_close_that_is_older_than_the_review_changes_nothing(
    shop: Any, reviewed: int
) -> None:
    shop.receive("payment.closed", order_id=reviewed, reason="expired")

    assert shop.state(reviewed) == "under_review"
    assert shop.get(reviewed)["notice"] == CHECKING


def test_the_reservation_is_prolonged_while_the_review_is_open(
    shop: Any, reviewed: int, products: Any, pass_seconds: Any
) -> None:
    shop.work()
    assert products.requests[-1] == ("prolong", (reviewed, {"expires_in": 6300}))

    for pause in (70, 100, 220, 500, 1100):  # a little more than the review's age
        pass_seconds(pause)
        shop.work()

    assert products.count("prolong") == 1 + 5
    assert products.count("release") == 0


def test_the_stock_is_released_after_a_day_and_the_review_stays_open(
    shop: Any, reviewed: int, products: Any, pass_seconds: Any
) -> None:
    shop.work()
    pass_seconds(DAY)
    shop.work()

    assert products.states[reviewed] == "release"
    assert shop.state(reviewed) == "under_review"
    prolonged = products.count("prolong")

    for _ in range(3):
        pass_seconds(HOUR)
        shop.work()

    assert products.count("prolong") == prolonged
    assert products.count("release") == 1
    assert shop.get(reviewed)["notice"] == CHECKING


def test_the_time_for_which_the_stock_is_held_is_a_setting(monkeypatch: Any) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    data = {"amount": Decimal("1032.19"), "currency": "INR", "payment_id": 501}
    order = Order(id=1)

    begin_review(
        order,
        Trigger(OrderTrigger.UNDER_REVIEW, data=data),
        Times(review_hold_hours=2),
    )

    assert order.review_since == moment
    assert order.held_until == moment + timedelta(hours=2)


@pytest.mark.parametrize("is_free", [True, False])
def test_a_payment_that_is_accepted_late_takes_the_stock_again_or_is_refunded(
    shop: Any, reviewed: int, products: Any, pass_seconds: Any, is_free: bool
) -> None:
    pass_seconds(DAY)
    shop.work()
    if not is_free:
        products.answers["commit"] = (409, {"code": "reservation_gone"})

    shop.pay(reviewed, amount="1032.19", accepted=True)
    shop.work()

    status = shop.get(reviewed)["status"]
    assert status == ("success" if is_free else "refunding")
    if not is_free:
        assert [str(row["amount"]) for row in shop.refunds(reviewed)] == ["1032.19"]


def test_a_question_is_asked_at_most_once_an_hour_in_the_end(
    shop: Any, reviewed: int, pass_seconds: Any
) -> None:
    def asked() -> int:
        kinds = [kind for kind, _ in shop.published(reviewed)]
        return kinds.count("payment.close_requested")

    pass_seconds(2 * HOUR)
    shop.work()
    before = asked()

    for _ in range(120):  # minutes
        pass_seconds(60)
        shop.work()

    assert asked() - before == 2


def test_a_lost_decision_arrives_with_a_later_answer(
    shop: Any, reviewed: int, pass_seconds: Any
) -> None:
    pass_seconds(61)
    shop.work()
    kind, data = shop.published(reviewed)[-1]
    assert (kind, data["reason"]) == ("payment.close_requested", "expired")

    shop.receive("payment.closed", order_id=reviewed, reason="cancelled", rejected=True)

    assert shop.state(reviewed) == "expired"


@pytest.mark.parametrize(
    "answer", [(404, {"code": "not_found"}), (410, {"code": "reservation_gone"})]
)
def test_a_reservation_that_cannot_be_prolonged_is_asked_for_once(
    shop: Any, reviewed: int, products: Any, answer: Any
) -> None:
    products.answers["prolong"] = answer

    shop.work()
    shop.work()

    assert shop.stock_commands(reviewed) == [("prolong", "done")]
    assert products.count("prolong") == 1


def test_a_reservation_that_has_ended_is_not_prolonged_and_raises_no_alert(
    shop: Any, reviewed: int, products: Any, caplog: Any
) -> None:
    products.states[reviewed] = "expired"

    shop.work()

    assert shop.stock_commands(reviewed) == [("prolong", "done")]
    assert "refused a stock command" not in caplog.text


def test_a_cancelling_order_tells_the_customer_and_refunds_what_is_accepted(
    shop: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    shop.cancel(order)

    shop.review(order)

    assert (shop.state(order), shop.get(order)["notice"]) == ("cancelling", CHECKING)
    shop.pay(order, amount="1032.19", accepted=True)
    assert shop.state(order) == "refund_pending"
    assert [str(row["amount"]) for row in shop.refunds(order)] == ["1032.19"]


@pytest.mark.parametrize("end", ["cancelling", "late", "rejected"])
def test_a_payment_of_nothing_has_nothing_to_refund(
    shop: Any, products: Any, pass_seconds: Any, end: str
) -> None:
    if end == "rejected":
        products.answers["reserve"] = (409, {"code": "insufficient_stock", "items": []})
        shop.order()
        order = 1
    else:
        order = shop.placed()
    if end == "cancelling":
        shop.cancel(order)
    shop.review(order, amount="0.00")
    if end == "late":
        pass_seconds(DAY)
        shop.work()
        products.answers["commit"] = (409, {"code": "reservation_gone"})

    shop.pay(order, amount="0.00", accepted=True)
    shop.work()
    shop.pay(order, amount="0.00", accepted=True)

    found = shop.get(order)
    assert (found["status"], found["refunded_amount"]) == ("refunded", "0.00")
    assert shop.refunds(order) == []
    assert shop.published(order)[-1][0] == "order.settled"


def test_a_rejected_order_asks_for_the_result_of_a_review_too(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    products.answers["reserve"] = (409, {"code": "insufficient_stock", "items": []})
    shop.order()
    order = 1
    assert shop.state(order) == "rejected"

    shop.review(order)

    assert shop.get(order)["notice"] == CHECKING
    pass_seconds(61)
    shop.work()
    assert shop.published(order)[-1][0] == "payment.close_requested"
    shop.receive("payment.closed", order_id=order, reason="cancelled", rejected=True)
    assert shop.get(order)["notice"] != CHECKING


@pytest.mark.parametrize("reason", ["expired", "cancelled"])
def test_money_that_comes_after_the_end_is_told_too(
    shop: Any, pass_seconds: Any, reason: str
) -> None:
    order = shop.placed()
    if reason == "cancelled":
        shop.cancel(order)
    shop.receive("payment.closed", order_id=order, reason=reason)

    shop.review(order)

    assert (shop.state(order), shop.get(order)["notice"]) == (reason, CHECKING)
    pass_seconds(61)
    shop.work()
    assert shop.published(order)[-1][0] == "payment.close_requested"
    shop.receive("payment.closed", order_id=order, reason="cancelled", rejected=True)
    assert shop.state(order) == reason
    assert "We are refunding it." in shop.get(order)["notice"]
    pass_seconds(2 * HOUR)
    before = len(shop.published(order))
    shop.work()
    assert len(shop.published(order)) == before


def test_a_review_of_an_unknown_order_is_quarantined(shop: Any) -> None:
    assert shop.review(4711) == "quarantined"


def test_only_an_order_under_review_prolongs_its_reservation() -> None:
    prolonging = {
        (state, trigger)
        for (state, trigger), cell in TABLE.items()
        if Effect.PROLONG in cell.effects
    }

    begin = OrderTrigger.UNDER_REVIEW
    assert prolonging == {
        (OrderState.AWAITING_PAYMENT, begin),
        (OrderState.EXPIRING, begin),
        (OrderState.UNDER_REVIEW, OrderTrigger.REVIEW_LATE),
    }
