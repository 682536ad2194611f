"""Attempts are rows, updated by later polls."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from payment_svc.managers import attempts
from payment_svc.models import Payment, PaymentAttempt, PaymentState
from payment_svc.razorpay.attempts import ProviderAttempt
from payment_svc.razorpay.types import ProviderPayment

PAY = "pay_Sb1RaT5mUb39Qz"


def seen(status="failed", pay_id=PAY, at=1767225631, **details):
    return ProviderPayment(
        id=pay_id,
        amount=Decimal("499.00"),
        currency="INR",
        status=status,
        is_captured=status == "captured",
        created_at=at,
        attempt=ProviderAttempt(**details),
    )


@pytest.fixture
def record(session, a_payment):
    """Return `record(*payments)`: the link's attempts after these snapshots."""
    payment = a_payment(PaymentState.ISSUED)

    def store(*payments):
        attempts.record(session, payment, payments)
        session.commit()
        return attempts.list_attempts(session, payment)

    return store


def test_an_attempt_is_stored_with_its_error_and_its_time(record):
    [row] = record(seen(method="card", error_code="X", error_reason="card_declined"))

    assert (row.razorpay_payment_id, row.status, row.method) == (PAY, "failed", "card")
    assert (row.error_code, row.error_reason) == ("X", "card_declined")
    assert (row.amount, row.currency) == (Decimal("499.00"), "INR")
    assert row.attempted_at == datetime(2026, 1, 1, 0, 0, 31, tzinfo=UTC)


@pytest.mark.parametrize("later", ["authorized", "captured", "refunded"])
def test_a_failed_attempt_can_still_succeed(record, later):
    record(seen("failed", error_code="X"))

    [row] = record(seen(later))

    assert (row.status, row.error_code) == (later, None)


@pytest.mark.parametrize(
    ("status", "older"),
    [("captured", "failed"), ("captured", "authorized"), ("failed", "created")],
)
def test_an_older_snapshot_changes_nothing(record, status, older):
    record(seen(status))

    [row] = record(seen(older))

    assert row.status == status


def test_an_undocumented_status_is_stored(record):
    [row] = record(seen("frozen", at=0))

    assert (row.status, row.attempted_at) == ("frozen", None)
    assert record(seen("captured"))[0].status == "captured"


def test_of_many_attempts_the_newest_hundred_are_stored(record):
    many = [seen(pay_id=f"pay_{n:014}", at=n) for n in range(1, 151)]

    rows = record(*many)

    assert {row.razorpay_payment_id for row in rows} == {p.id for p in many[-100:]}


def test_an_extra_payment_has_the_attempts_of_its_link(session, record, a_payment):
    [row] = record(seen())
    extra = Payment(extra_of=row.payment_id)

    assert attempts.list_attempts(session, extra) == [row]
    session.expunge_all()


def test_an_attempt_never_changes_its_payment(session, a_payment):
    payment = a_payment(PaymentState.ISSUED)
    before = (payment.state, payment.version, payment.updated_at)

    attempts.record(session, payment, [seen("captured")])
    session.commit()

    assert (payment.state, payment.version, payment.updated_at) == before
    assert session.query(PaymentAttempt).count() == 1
