"""Refunds that were made at Razorpay: recorded like direct ones, with an alert."""

from typing import Any

import pytest

PART, REST, ALL = "300.00", "698.00", "998.00"


@pytest.fixture
def found(shop: Any) -> Any:
    """Return `found(order, amount, n)`: payment-svc reports a refund at Razorpay."""

    def report(order: int, amount: str, n: int = 1, **data: Any) -> str:
        facts = {"payment_id": 500 + order, "refund_id": 70 + n, "reason": "provider"}
        facts |= {"order_id": order, "amount": amount, "n": n}
        return str(shop.receive("refund.processed", **{**facts, **data}))

    return report


def settled(shop: Any, order: int, refund_id: int) -> list[str]:
    published = (data for _, data in shop.published(order))
    return [d["outcome"] for d in published if d.get("refund_id") == refund_id]


def lines(shop: Any, order: int) -> list[tuple[str, Any, str]]:
    return [(e["name"], e["to"], e["reason"]) for e in shop.timeline(order)]


def test_a_whole_refund_ends_a_confirmed_order_with_a_line_and_an_alert(
    shop: Any, found: Any, caplog: Any
) -> None:
    order = shop.confirmed()

    found(order, ALL)

    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("refunded", ALL)
    assert after["payment"]["status"] == "REFUNDED"
    assert ("refund.processed", "refunded", "provider") in lines(shop, order)
    assert settled(shop, order, 71) == ["kept"]
    alerts = [r.msg for r in caplog.records if r.levelname == "ERROR"]
    assert [(a["event"], a["alert"], a["order_id"]) for a in alerts] == [
        ("refund made at razorpay", True, order)
    ]


def test_every_copy_is_acknowledged_and_recorded_once(
    shop: Any, found: Any, caplog: Any
) -> None:
    order = shop.confirmed()

    for _ in range(3):
        found(order, PART)

    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("success", PART)
    assert after["payment"]["status"] == "PARTIALLY_REFUNDED"
    assert settled(shop, order, 71) == ["kept"] * 3
    assert ("refund.processed", None, "provider") in lines(shop, order)
    alerts = [r for r in caplog.records if "refund made at razorpay" in r.getMessage()]
    assert len(alerts) == 1


def test_staff_refund_the_rest_after_parts_were_refunded_elsewhere(
    shop: Any, found: Any
) -> None:
    order = shop.confirmed()
    found(order, PART)

    answer = shop.refund(order)
    shop.refunded(order)

    assert answer.json["amount"] == REST
    assert shop.get(order)["status"] == "refunded"


def test_a_refund_of_the_rest_is_marked_and_records_the_true_amount(
    shop: Any, found: Any
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    [request] = [d for k, d in shop.published(order) if k == "refund.requested"]
    assert (request["amount"], request["rest"]) == (ALL, True)

    found(order, PART)
    assert shop.get(order)["status"] == "refunding"
    answer = {"reason": "staff", "n": 1, "refund_id": 9, "amount": REST}
    shop.receive("refund.processed", order_id=order, payment_id=500 + order, **answer)

    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("refunded", ALL)
    amounts = [f"{row['amount']:.2f}" for row in shop.refunds(order)]
    assert sorted(amounts) == [PART, REST]


def test_a_refund_that_was_requested_here_is_no_alert(shop: Any, caplog: Any) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order)

    assert shop.get(order)["status"] == "refunded"
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def test_a_refund_with_an_amount_is_not_marked(shop: Any) -> None:
    order = shop.confirmed()

    shop.refund(order, amount=PART)

    [request] = [d for k, d in shop.published(order) if k == "refund.requested"]
    assert "rest" not in request


def test_nothing_more_can_be_refunded_than_remains(shop: Any, found: Any) -> None:
    order = shop.confirmed()
    shop.refund(order)
    found(order, PART)

    answer = shop.refund(order)

    assert answer.status_code == 409
    assert answer.json["detail"] == "No more than 0.00 can be refunded."


@pytest.mark.parametrize("first", ["processed", "failed"])
def test_an_automatic_refund_that_failed_is_completed_by_one_made_elsewhere(
    shop: Any, found: Any, first: str
) -> None:
    order = shop.placed()
    shop.cancel(order)
    shop.pay(order)
    assert shop.get(order)["status"] == "refunding"
    fail = {"reason": "cancelled", "n": 1, "refund_id": 9, "amount": ALL}
    events = [
        lambda: found(order, ALL),
        lambda: shop.receive(
            "refund.failed", order_id=order, payment_id=500 + order, **fail
        ),
    ]

    for event in events if first == "processed" else reversed(events):
        event()

    assert shop.get(order)["status"] == "refunded"
    assert settled(shop, order, 71) == ["refund"]


def test_a_refund_that_arrives_before_its_capture_is_acknowledged_after_it(
    shop: Any, found: Any
) -> None:
    order = shop.placed()
    assert found(order, ALL) == "handled"
    assert settled(shop, order, 71) == []

    shop.pay(order)
    shop.work()
    assert shop.get(order)["refunded_amount"] == ALL
    found(order, ALL)

    assert shop.get(order)["status"] == "refunded"
    assert settled(shop, order, 71) == ["kept"]


def test_a_refund_of_another_payment_ends_no_good_order(shop: Any, found: Any) -> None:
    order = shop.confirmed()

    found(order, ALL, payment_id=777)

    after = shop.get(order)
    assert (after["status"], after["refunded_amount"]) == ("success", "0.00")
    assert settled(shop, order, 71) == []  # the capture is not recorded yet


@pytest.mark.parametrize("amount", [PART, ALL])
def test_a_refund_before_an_extra_capture_does_not_settle_it(
    shop: Any, found: Any, amount: str
) -> None:
    order = shop.confirmed()

    for _ in range(2):
        found(order, amount, payment_id=777)
        shop.pay(order, 777)

    outcomes = [
        data["outcome"]
        for kind, data in shop.published(order)
        if kind == "order.settled" and data["payment_id"] == 777
    ]
    assert set(outcomes) == {"refund"}
    assert settled(shop, order, 71) == ["refund"]
