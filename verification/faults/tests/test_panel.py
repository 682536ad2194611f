"""The admin in the staff panel, who sends refunds despite a dispute that is lost."""

from datetime import UTC, datetime

import pytest
from flask import Flask, request
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from devtools.testkit.plugin import serve
from payment_svc.extensions import db
from payment_svc.managers.dispute_rules import waiting
from payment_svc.models import (
    Dispute,
    Payment,
    PaymentState,
    Refund,
    RefundReason,
    RefundState,
)
from verification.faults.panel import Panel, waiting_refunds


@pytest.fixture
def url(tmp_path):
    found = f"sqlite:///{tmp_path / 'payments'}.db"
    engine = create_engine(found)
    db.metadata.create_all(engine)
    engine.dispose()
    return found


def add(url, status, **refund):
    """Add a payment with a dispute of this status, and a refund that waits for it."""
    dispute = Dispute(razorpay_dispute_id="disp_1", status=status, phase="chargeback")
    usual = {"state": RefundState.REQUESTED, "detail": waiting(dispute)}
    engine = create_engine(url)
    with Session(engine) as session:
        payment = Payment(
            order_id="1",
            amount="499.00",
            status="COMPLETED",
            receipt="order-1",
            razorpay_payment_id="pay_1",
            state=PaymentState.CAPTURED,
            next_check_at=datetime.now(UTC),
        )
        session.add_all([payment, dispute])
        session.flush()
        row = Refund(
            payment_id=payment.id,
            key="refund:1:cancelled:1",
            idempotency_key="key",
            amount="499.00",
            currency="INR",
            reason=RefundReason.CANCELLED,
            n=1,
            **usual | refund,
        )
        session.add(row)
        session.commit()
        refund_id = row.id
    engine.dispose()
    return refund_id


def test_a_refund_that_waits_for_a_lost_dispute_needs_an_admin(url):
    refund_id = add(url, "lost")

    assert waiting_refunds(url) == [refund_id]


@pytest.mark.parametrize("status", ["open", "won", "closed"])
def test_other_disputes_need_nobody(url, status):
    add(url, status)

    assert waiting_refunds(url) == []


@pytest.mark.parametrize("refund", [{"state": RefundState.PROCESSED}, {"detail": None}])
def test_a_refund_that_is_made_or_waits_for_nothing_is_not_listed(url, refund):
    add(url, "lost", **refund)

    assert waiting_refunds(url) == []


@pytest.fixture
def forms():
    """Return the forms that a panel received, and the panel's address."""
    app, received = Flask(__name__), []

    @app.get("/admin/<path:page>")
    def show(page):
        return f'<input name="csrf_token" type="hidden" value="token of {page}">'

    @app.post("/admin/<path:page>")
    def take(page):
        received.append((page, request.form.to_dict(flat=False)))
        return "done"

    with serve(app) as address:
        yield received, address


def test_the_admin_signs_in_and_presses_the_action(forms):
    received, address = forms

    Panel(address, {"email": "a@b.c", "password": "secret"}).refund_despite([3, 5])

    login = {"csrf_token": ["token of login/"], "email": ["a@b.c"]}
    action = {"csrf_token": ["token of refund/"], "action": ["despite"]}
    assert received == [
        ("login/", login | {"password": ["secret"]}),
        ("refund/action/", action | {"rowid": ["3", "5"]}),
    ]
