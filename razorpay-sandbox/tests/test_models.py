"""What the ledger's rows know, and what its tables refuse."""

import pytest
from sqlalchemy import create_engine, null
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from razorpay_sandbox.models import Base, Link, Payment, Refund


@pytest.mark.parametrize(
    ("status", "payable"),
    [
        ("created", True),
        ("partially_paid", True),
        ("paid", False),
        ("cancelled", False),
        ("expired", False),
    ],
)
def test_only_an_open_link_is_payable(status, payable):
    assert Link(status=status).payable is payable


@pytest.mark.parametrize(("paid", "due"), [(0, 100), (40, 60), (100, 0), (140, 0)])
def test_the_due_amount_of_a_link_is_never_negative(paid, due):
    assert Link(amount=100, amount_paid=paid).due == due


@pytest.mark.parametrize(
    ("status", "captured_at", "captured"),
    [
        ("created", None, False),
        ("authorized", None, False),
        ("failed", None, False),
        ("captured", 1767225671, True),
        ("refunded", 1767225671, True),
        ("refunded", None, False),  # returned because it was not captured in time
    ],
)
def test_a_refunded_payment_was_captured_too(status, captured_at, captured):
    assert Payment(status=status, captured_at=captured_at).captured is captured


def a_refund(number, **values):
    usual = {
        "id": f"rfnd_{number}",
        "payment_id": "pay_1",
        "amount": 100,
        "currency": "INR",
        "acquirer_data": {},
        "speed_requested": "normal",
        "speed_processed": "normal",
        "created_at": 0,
        "number": number,
    }
    return Refund(**usual | values)


@pytest.fixture
def session():
    """Return a session on empty tables; foreign keys are not enforced."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as found:
        yield found
    engine.dispose()


def test_a_payment_has_one_refund_for_each_receipt(session):
    session.add_all([a_refund(1, receipt="r"), a_refund(2, receipt="s")])
    session.add(a_refund(3, receipt="r", payment_id="pay_2"))
    session.flush()

    session.add(a_refund(4, receipt="r"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_refunds_without_a_receipt_do_not_collide(session):
    session.add_all([a_refund(1), a_refund(2)])
    session.flush()

    assert session.query(Refund).count() == 2


def test_empty_notes_are_stored_as_null(session):
    session.add(a_refund(1, notes=None))
    session.flush()

    assert session.query(Refund).filter(Refund.notes.is_(null())).count() == 1


def test_a_new_refund_is_pending(session):
    session.add(a_refund(1))
    session.flush()

    assert session.query(Refund).one().status == "pending"
