"""Before each call a refund is fitted to what Razorpay has left."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from payment_svc.models import Dispute, PaymentState, RefundHistory, RefundReason
from payment_svc.razorpay.types import ProviderRefund

ELSEWHERE = ProviderRefund("rfnd_9", Decimal("300.00"), "processed", None)


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


@pytest.fixture
def refund(work, payment):
    return lambda reason, amount: work.refunds.request(
        payment, Decimal(amount), reason, 1
    )


def triggers(session):
    rows = select(RefundHistory.trigger).order_by(RefundHistory.id)
    return [*session.scalars(rows)]


def test_a_refund_for_which_enough_is_left_is_sent_unchanged(work, session, refund):
    wanted = refund(RefundReason.STAFF, "99.00")
    key = wanted.idempotency_key

    sent = work.refund_attempts.prepare(wanted.id, [])

    assert sent is wanted
    assert (sent.state, sent.amount, sent.idempotency_key) == ("sent", 99, key)
    assert triggers(session) == ["requested", "sent"]


def test_an_automatic_refund_is_reduced_under_its_key_before_its_first_call(
    work, session, refund
):
    wanted = refund(RefundReason.CANCELLED, "499.00")
    key = wanted.idempotency_key

    sent = work.refund_attempts.prepare(wanted.id, [ELSEWHERE])

    assert (sent.amount, sent.idempotency_key) == (Decimal("199.00"), key)
    assert "reduced" in triggers(session)


def test_a_refund_that_was_sent_is_reduced_under_a_new_key(work, refund):
    wanted = refund(RefundReason.CANCELLED, "499.00")
    key = wanted.idempotency_key
    work.refund_attempts.prepare(wanted.id, [])

    sent = work.refund_attempts.prepare(wanted.id, [ELSEWHERE])

    assert sent.amount == Decimal("199.00")
    assert sent.idempotency_key != key


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_refund_with_an_amount_above_what_is_left_fails(work, refund, is_sent):
    wanted = refund(RefundReason.STAFF, "400.00")
    if is_sent:
        work.refund_attempts.prepare(wanted.id, [])

    assert work.refund_attempts.prepare(wanted.id, [ELSEWHERE]) is None

    assert wanted.state == "failed"
    assert wanted.detail == "199.00 is left of the capture"


def test_a_refund_that_waits_for_a_dispute_is_one_alert(
    session, work, payment, refund, caplog
):
    wanted = refund(RefundReason.CANCELLED, "499.00")
    dispute = Dispute(
        razorpay_dispute_id="disp_1",
        razorpay_payment_id=payment.razorpay_payment_id,
        phase="chargeback",
        status="open",
    )
    session.add(dispute)
    session.commit()

    for _ in range(2):
        assert work.refund_attempts.prepare(wanted.id, []) is None

    logged = [r.msg for r in caplog.records if r.levelname == "ERROR"]
    assert [(one["event"], one["alert"]) for one in logged] == [
        ("waits for dispute disp_1", True)
    ]


def test_a_refund_that_was_made_is_not_sent_again(work, refund):
    wanted = refund(RefundReason.STAFF, "99.00")
    work.refund_attempts.prepare(wanted.id, [])
    made = ProviderRefund(
        "rfnd_1", Decimal("99.00"), "processed", wanted.idempotency_key
    )

    assert work.refund_attempts.prepare(wanted.id, [made]) is None

    assert (wanted.state, wanted.razorpay_refund_id) == ("processed", "rfnd_1")
