"""Order-svc's messages: each once, answered by state, the impossible kept aside."""

import pytest


def test_the_same_message_twice_has_one_effect(shop):
    order = shop.request()
    facts = {"user_id": 1, "amount": "499.00", "currency": "INR", "reason": "expired"}

    outcomes = [
        shop.deliver("payment.close_requested", "one-id", order_id=order, **facts)
        for _ in range(2)
    ]
    shop.work()

    assert outcomes == ["handled", "duplicate"]
    assert shop.kinds(order) == ["payment.closed"]


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("created", []),
        ("issued", ["payment.link_ready"]),
        ("captured", ["payment.captured"]),
        ("closed", ["payment.closed"]),
    ],
)
def test_a_request_that_comes_again_is_answered_by_state(shop, state, answer):
    if state == "created":
        order = shop.request()
    else:
        order = shop.captured() if state == "captured" else shop.issued()
    if state == "closed":
        shop.close(order)
        shop.work()
    before = len(shop.kinds(order))

    shop.request(order)

    assert shop.kinds(order)[before:] == answer


def test_a_close_of_a_captured_payment_is_answered_with_the_capture(shop):
    order = shop.captured()

    shop.close(order)

    assert shop.kinds(order)[-2:] == ["payment.captured", "payment.captured"]


@pytest.mark.parametrize(
    "case", ["unknown payment", "another order", "not captured", "another outcome"]
)
def test_a_settlement_that_cannot_be_is_kept_for_a_person(shop, case):
    order = shop.captured()
    paid = shop.payment(order).id
    other = shop.issued()
    shop.settle(order, "kept")
    answer = {
        "unknown payment": lambda: shop.settle(order, payment_id=10**9),
        "another order": lambda: shop.settle(other, payment_id=paid),
        "not captured": lambda: shop.settle(other),
        "another outcome": lambda: shop.settle(order, "refund"),
    }[case]()

    assert answer == "quarantined"
    assert len(shop.quarantined()) == 1
    assert shop.payment(order).outcome == "kept"


def test_a_refund_of_an_unknown_payment_is_kept_for_a_person(shop):
    order = shop.captured()

    assert shop.refund(order, "1.00", payment_id=10**9) == "quarantined"


def test_a_refund_of_a_payment_that_has_not_come_fails(shop):
    order = shop.issued()

    assert shop.refund(order, "1.00") == "handled"

    assert shop.kinds(order)[-1] == "refund.failed"


def test_another_amount_for_the_same_order_is_kept_for_a_person(shop):
    order = shop.request()
    facts = {
        "user_id": 1,
        "amount": "1.00",
        "currency": "INR",
        "customer": {"name": "A", "email": "a@shop.example"},
        "placed_at": "2026-11-25T09:30:00Z",
    }

    assert shop.deliver("payment.requested", order_id=order, **facts) == "quarantined"


@pytest.mark.parametrize("kind", ["requested", "close_requested"])
def test_another_customer_of_the_same_order_is_kept_for_a_person(shop, kind):
    order = shop.captured(user_id=1)
    published = shop.kinds(order)
    facts = {
        "user_id": 2,
        "amount": "499.00",
        "currency": "INR",
        "customer": {"name": "A", "email": "a@shop.example"},
        "placed_at": "2026-11-25T09:30:00Z",
        "reason": "expired",
    }

    assert shop.deliver(f"payment.{kind}", order_id=order, **facts) == "quarantined"
    assert shop.kinds(order) == published


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 499},
        {"amount": "499.001"},
        {"amount": "0.50"},
        {"amount": "NaN"},
        {"currency": "USD"},
        {"order_id": "17"},
        {"order_id": 2**63},
        {"placed_at": "yesterday"},
        {"customer": {}},
    ],
)
def test_a_malformed_request_is_kept_for_a_person(shop, change):
    facts = {
        "order_id": 17,
        "user_id": 1,
        "amount": "499.00",
        "currency": "INR",
        "customer": {"name": "A", "email": "a@shop.example"},
        "placed_at": "2026-11-25T09:30:00Z",
    }

    assert shop.deliver("payment.requested", **{**facts, **change}) == "quarantined"


def test_members_that_nobody_knows_are_ignored(shop):
    assert shop.payment(shop.request(gift=True)).state == "created"


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", "yes", None])
def test_a_flag_of_a_message_is_a_boolean(shop, value):
    order = shop.captured()
    facts = {"payment_id": shop.payment(order).id, "amount": "1.00", "reason": "staff"}

    outcome = shop.deliver(
        "refund.requested", "one-id", order_id=order, n=1, rest=value, **facts
    )

    assert outcome == "quarantined"
