"""Attempts to pay that a list has contained are not fetched by their ids."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from payment_svc.managers import listed_attempts
from payment_svc.managers.listed_attempts import mark_listed, unlisted
from payment_svc.managers.run_planning import start
from payment_svc.models import PaymentAttempt, PaymentState

HOUR = timedelta(hours=1)


@pytest.fixture
def cursor(work):
    now = clock.now()
    return work.runs.begin(start(work.session, now - HOUR, now + HOUR))


@pytest.fixture
def attempt(session, a_payment):
    """Return `attempt(id)`: a stored attempt to pay, of now unless it says when."""
    payment = a_payment(PaymentState.CAPTURED)

    def make(name, at=None):
        row = PaymentAttempt(
            payment_id=payment.id,
            razorpay_payment_id=name,
            status="captured",
            amount=Decimal("499.00"),
            currency="INR",
            attempted_at=at or clock.now(),
        )
        session.add(row)
        session.flush()
        return row

    return make


def names(rows):
    return [row.razorpay_payment_id for row in rows]


def test_attempts_of_the_window_are_unlisted_until_they_are_marked(
    session, cursor, attempt
):
    attempt("pay_1")
    attempt("pay_2")
    attempt("pay_3", at=clock.now() - 2 * HOUR)
    assert names(unlisted(session, cursor)) == ["pay_1", "pay_2"]

    mark_listed(session, ["pay_1"], clock.now())

    assert names(unlisted(session, cursor)) == ["pay_2"]


def test_what_an_earlier_run_has_listed_is_unlisted_in_this_one(
    session, cursor, attempt
):
    attempt("pay_1")
    mark_listed(session, ["pay_1"], cursor.started_at - HOUR)

    assert names(unlisted(session, cursor)) == ["pay_1"]


def test_few_attempts_are_fetched_in_one_turn(session, cursor, attempt, monkeypatch):
    monkeypatch.setattr(listed_attempts, "FEW", 1)
    attempt("pay_1")
    attempt("pay_2")

    assert names(unlisted(session, cursor)) == ["pay_1"]
