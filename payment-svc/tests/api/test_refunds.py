"""Refunds that begin here."""

import threading
from decimal import Decimal

import pytest

from payment_svc.extensions import db
from payment_svc.models import Refund, RefundReason


@pytest.fixture
def order(shop):
    order = shop.captured()
    shop.settle(order)
    return order


@pytest.fixture
def ask(shop, staff):
    def post(order, who=None, **body):
        path = f"/payments/{shop.payment(order).id}/refund/"
        return shop.call("POST", path, who or staff, json=body)

    return post


def test_staff_refund_all_that_is_left(shop, order, ask, staff):
    part = ask(order, amount="99.00", reason="A scratch")
    rest = ask(order)
    shop.work()

    assert (part.status_code, rest.status_code) == (202, 202)
    assert part.json["note"] == "A scratch"
    assert (part.json["reason"], part.json["status"]) == ("direct", "PENDING")
    assert rest.json["amount"] == "400.00"
    path = f"/payments/{shop.payment(order).id}/refunds/"
    listed = shop.call("GET", path, staff).json["data"]
    assert [one["amount"] for one in listed] == ["400.00", "99.00"]
    assert {one["status"] for one in listed} == {"PROCESSED"}


def test_never_more_than_was_paid(shop, order, ask):
    ask(order, amount="400")

    answer = ask(order, amount="99.01")

    assert (answer.status_code, answer.json["code"]) == (409, "refund_too_large")
    ask(order)
    assert ask(order).json["code"] == "refund_too_large"


def test_not_before_the_order_has_settled(shop, ask):
    order = shop.captured()
    assert ask(order, amount="1").json["code"] == "not_settled"

    shop.settle(order, "refund")
    assert ask(order, amount="1").json["code"] == "not_settled"

    shop.refund(order, "499.01", "cancelled")  # refused: a FAILED row
    assert ask(order, amount="1").status_code == 202


def test_not_of_a_payment_that_has_not_come(shop, ask):
    assert ask(shop.issued(), amount="1").json["code"] == "not_settled"


def test_refunds_at_the_same_moment_never_exceed_the_capture(shop, order, ask):
    start, answers = threading.Barrier(6), []

    def post():
        start.wait()
        answers.append(ask(order, amount="100").status_code)

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.work()

    assert sorted(answers) == [202] * 4 + [409] * 2
    assert sum(one["amount"] for one in shop.ledger("refunds")) == 40000
    shop.check_books()


def test_the_database_holds_a_key_once(app, shop, order):
    from sqlalchemy.exc import IntegrityError

    payment_id = shop.payment(order).id
    facts = {
        "payment_id": payment_id,
        "key": "refund:1:staff:1",
        "amount": Decimal("1.00"),
        "currency": "INR",
        "reason": RefundReason.STAFF,
        "n": 1,
        "state": "failed",
    }
    with app.app_context():
        db.session.add(Refund(**facts, idempotency_key="a"))
        db.session.commit()
        db.session.add(Refund(**facts, idempotency_key="b"))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()
