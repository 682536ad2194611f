"""Razorpay's refunds of a capture are matched with the stored ones."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis import clock
from payment_svc.models import PaymentHistory, PaymentState, Refund, RefundReason
from payment_svc.razorpay.types import ProviderPayment, ProviderRefund


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


def seen(refund_id="rfnd_1", amount="100.00", status="processed", **fields):
    return ProviderRefund(refund_id, Decimal(amount), status, None, **fields)


def apply(work, payment, *found):
    work.provider_refunds.apply(payment.id, payment.razorpay_payment_id, found)
    rows = work.refunds.list(payment.id)
    return [(row.reason, row.razorpay_refund_id, row.state) for row in rows]


def captured(payment, refunded):
    return ProviderPayment(
        id=payment.razorpay_payment_id,
        amount=payment.captured_amount,
        currency="INR",
        status="captured",
        is_captured=True,
        created_at=0,
        amount_refunded=refunded,
    )


@pytest.mark.parametrize("status", ["pending", "processed"])
def test_an_unknown_refund_was_made_at_razorpay(work, payment, status):
    assert apply(work, payment, seen(status=status)) == [
        (RefundReason.PROVIDER, "rfnd_1", status)
    ]


def test_a_refund_is_inserted_once(work, payment):
    once = apply(work, payment, seen())

    assert apply(work, payment, seen()) == once


def test_a_failed_refund_has_returned_nothing(work, payment):
    assert apply(work, payment, seen(status="failed")) == []


def test_the_notes_name_a_refund_whose_receipt_is_missing(work, payment):
    amount = Decimal("100.00")
    ours = work.refunds.request(payment, amount, RefundReason.STAFF, 1)
    work.refund_attempts.prepare(ours.id, [])

    assert apply(work, payment, seen(key=ours.key)) == [
        (RefundReason.STAFF, "rfnd_1", "processed")
    ]


@pytest.mark.parametrize(
    "fields",
    [{"amount": "499.01"}, {"currency": "USD"}, {"payment_id": "pay_of_another"}],
)
def test_what_cannot_be_a_refund_of_the_capture_moves_nothing(work, payment, fields):
    assert apply(work, payment, seen(**fields)) == []
    assert payment.amount_refunded == 0


@pytest.mark.parametrize(
    ("refunded", "differs"),
    [(None, True), ("0.00", False), ("100.00", True)],
)
def test_refunds_are_read_unless_nothing_is_refunded_here_and_there(
    work, payment, refunded, differs
):
    found = captured(payment, None if refunded is None else Decimal(refunded))

    expected = [(payment.id, found)] if differs else []
    assert work.provider_refunds.refunded([found]) == expected


def unexplained(session, payment):
    rows = select(PaymentHistory.reason).filter_by(
        payment_id=payment.id, trigger="refunds_unexplained"
    )
    return [*session.scalars(rows)]


def test_parts_that_exceed_the_capture_together_are_not_all_its_refunds(
    session, work, payment
):
    parts = [seen("rfnd_1", "300.00"), seen("rfnd_2", "200.00")]

    assert len(apply(work, payment, *parts)) == 1

    assert payment.amount_refunded == Decimal("300.00")
    assert unexplained(session, payment) == [
        "rfnd_2: more is refunded than was captured"
    ]


def test_a_refund_that_another_payment_has_is_not_stored_twice(
    session, work, payment, a_payment
):
    other = a_payment(PaymentState.CAPTURED)
    apply(work, other, seen())

    assert apply(work, payment, seen()) == []

    assert unexplained(session, payment) == ["rfnd_1: a refund of another payment"]
    assert payment.amount_refunded == 0


def test_a_failed_refund_that_lives_at_razorpay_is_named_and_moves_nothing(
    session, work, payment
):
    [_] = apply(work, payment, seen(status="pending"))
    apply(work, payment, seen(status="failed"))

    assert apply(work, payment, seen()) == [(RefundReason.PROVIDER, "rfnd_1", "failed")]

    assert payment.amount_refunded == 0
    assert unexplained(session, payment) == ["the failed refund rfnd_1 is processed"]


def test_an_unknown_status_of_a_refund_made_at_razorpay_counts_as_pending(
    work, payment
):
    assert apply(work, payment, seen(status="created")) == [
        (RefundReason.PROVIDER, "rfnd_1", "pending")
    ]
    assert payment.amount_refunded == 0


@pytest.fixture
def replaced(session, work, payment):
    """Return a rejected capture of 400.00 USD that another capture has replaced."""
    capture = "pay_rejected"
    refund = Refund(
        payment_id=payment.id,
        key="rejected-1",
        idempotency_key="rejected-1",
        razorpay_payment_id=capture,
        razorpay_refund_id="rfnd_0",
        captured_amount=Decimal("400.00"),
        amount=Decimal("300.00"),
        currency="USD",
        reason=RefundReason.REVIEW_REJECTED,
        n=1,
        state="processed",
        next_check_at=clock.now(),
    )
    session.add(refund)
    session.commit()
    return capture


@pytest.mark.parametrize(("amount", "is_stored"), [("100.00", True), ("100.01", False)])
def test_refunds_of_a_replaced_capture_are_compared_with_its_own_amount(
    session, work, payment, replaced, amount, is_stored
):
    found = seen("rfnd_1", amount, payment_id=replaced, currency="USD")

    work.provider_refunds.apply(payment.id, replaced, [found])

    assert len(work.refunds.list(payment.id)) == 1 + is_stored
    assert bool(unexplained(session, payment)) is not is_stored
    assert payment.amount_refunded == 0  # it counts for the present capture only


def test_a_replaced_capture_differs_too(work, payment, replaced):
    found = captured(payment, Decimal("400.00"))
    found = type(found)(**{**vars(found), "id": replaced})

    assert work.provider_refunds.refunded([found]) == [(payment.id, found)]


def test_equal_sums_are_compared_too(work, payment):
    apply(work, payment, seen("rfnd_1", "100.00"))
    found = captured(payment, Decimal("100.00"))

    assert work.provider_refunds.refunded([found]) == [(payment.id, found)]


@pytest.mark.parametrize("status", ["pending", "processed"])
def test_a_processed_refund_that_has_failed_is_named_and_moves_nothing(
    session, work, payment, status
):
    apply(work, payment, seen())

    found = apply(work, payment, seen(status="failed"))

    assert found == [(RefundReason.PROVIDER, "rfnd_1", "processed")]
    assert unexplained(session, payment) == ["the processed refund rfnd_1 is failed"]
    assert apply(work, payment, seen(status=status)) == found
    assert len(unexplained(session, payment)) == 1


PARTS = (seen("rfnd_1", "300.00"), seen("rfnd_2", "100.00", "failed"))


@pytest.mark.parametrize(
    ("before", "after", "is_explained"),
    [
        ("300.00", "300.00", True),
        ("400.00", "400.00", True),  # Razorpay has not subtracted the failed one
        ("0.00", "300.00", True),  # refunded while the refunds were read
        ("300.00", "450.00", True),
        ("299.99", "299.99", False),
        ("400.01", "400.01", False),
        (None, "300.00", True),
        (None, None, True),  # left out, which contradicts nothing
    ],
)
def test_the_refunded_amount_must_be_the_sum_of_the_refunds(
    session, work, payment, before, after, is_explained
):
    first, last = (
        captured(payment, None if amount is None else Decimal(amount))
        for amount in (before, after)
    )

    for _ in range(2):
        work.provider_refunds.check_sum(payment.id, first, PARTS, last)

    shown = Decimal(after or 0)
    words = f"{shown:.2f} is refunded, but the sum of the refunds is 300.00"
    assert unexplained(session, payment) == ([] if is_explained else [words])
