"""Rows that a list has contained are not fetched by their ids."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from payment_svc.managers import listed_rows
from payment_svc.managers.listed_rows import mark_listed, unlisted
from payment_svc.managers.run_planning import start
from payment_svc.models import (
    Dispute,
    Listing,
    PaymentAttempt,
    PaymentState,
    Refund,
    RefundReason,
    RefundState,
)

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
    return [row.razorpay_id for row in rows]


def test_attempts_of_the_window_are_unlisted_until_they_are_marked(
    session, cursor, attempt
):
    attempt("pay_1")
    attempt("pay_2")
    attempt("pay_3", at=clock.now() - 2 * HOUR)
    assert names(unlisted(session, cursor)) == ["pay_1", "pay_2"]

    mark_listed(session, Listing.PAYMENTS, ["pay_1"], clock.now())

    assert names(unlisted(session, cursor)) == ["pay_2"]


def test_what_an_earlier_run_has_listed_is_unlisted_in_this_one(
    session, cursor, attempt
):
    attempt("pay_1")
    mark_listed(session, Listing.PAYMENTS, ["pay_1"], cursor.started_at - HOUR)

    assert names(unlisted(session, cursor)) == ["pay_1"]


def test_few_attempts_are_fetched_in_one_turn(session, cursor, attempt, monkeypatch):
    monkeypatch.setattr(listed_rows, "FEW", 1)
    attempt("pay_1")
    attempt("pay_2")

    assert names(unlisted(session, cursor)) == ["pay_1"]


@pytest.fixture
def refund(session, a_payment):
    payment = a_payment(PaymentState.CAPTURED)
    row = Refund(
        payment_id=payment.id,
        key="refund:1",
        idempotency_key="0123456789",
        razorpay_refund_id="rfnd_1",
        amount=Decimal("300.00"),
        currency="INR",
        reason=RefundReason.STAFF,
        n=1,
        state=RefundState.PROCESSED,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def dispute(session):
    row = Dispute(
        razorpay_dispute_id="disp_1",
        phase="chargeback",
        status="open",
        amount=Decimal("499.00"),
        opened_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def move(work, cursor, listing):
    """Return the first page of another list of the same window."""
    work.runs.get(cursor.run_id).listing = listing
    return work.runs.begin(cursor.run_id)


@pytest.mark.parametrize(
    ("listing", "name", "ours"),
    [
        (Listing.REFUNDS, "rfnd_1", "PROCESSED, 300.00"),
        (Listing.DISPUTES, "disp_1", "open, 499.00"),
    ],
)
def test_refunds_and_disputes_are_unlisted_until_they_are_marked(
    work, session, cursor, refund, dispute, listing, name, ours
):
    cursor = move(work, cursor, listing)
    [found] = unlisted(session, cursor)
    assert (found.razorpay_id, found.ours) == (name, ours)

    mark_listed(session, listing, [name], clock.now())

    assert unlisted(session, cursor) == []


def test_a_refund_that_razorpay_has_not_made_is_not_expected_in_a_list(
    work, session, cursor, refund
):
    refund.razorpay_refund_id = refund.made_at = None
    session.flush()

    assert unlisted(session, move(work, cursor, Listing.REFUNDS)) == []
