"""Which disputes keep which refunds from being sent."""

import pytest

from chassis.errors import Conflict
from payment_svc.managers import dispute_rules
from payment_svc.models import Dispute, Refund, RefundReason

PAY = "pay_Sb1RfW8nVc40Ub"


@pytest.fixture
def a_dispute(session):
    def make(phase="chargeback", status="open", razorpay_payment_id=PAY):
        dispute = Dispute(
            razorpay_dispute_id=f"{phase} {status}",
            razorpay_payment_id=razorpay_payment_id,
            phase=phase,
            status=status,
        )
        session.add(dispute)
        session.commit()
        return dispute

    return make


@pytest.mark.parametrize(
    ("phase", "status", "is_found"),
    [
        ("retrieval", "open", True),
        ("chargeback", "under_review", True),
        ("pre_arbitration", "a new status", True),
        ("a new phase", "open", True),
        ("fraud", "open", False),
        ("chargeback", "won", False),
        ("chargeback", "lost", False),
        ("chargeback", "closed", False),
        (None, None, True),  # not fetched yet
    ],
)
def test_an_open_dispute_that_is_not_fraud_hinders_a_refund(
    session, a_dispute, phase, status, is_found
):
    dispute = a_dispute(phase, status)

    found = dispute_rules.find_open(session, PAY)

    assert found is (dispute if is_found else None)
    if is_found:
        with pytest.raises(Conflict, match="disputed") as caught:
            dispute_rules.check_open(session, PAY)
        assert caught.value.code == "dispute_open"
    else:
        dispute_rules.check_open(session, PAY)


def test_a_dispute_that_razorpay_refuses_hinders_nothing(session, a_dispute):
    dispute = a_dispute(None, None)
    dispute.problem = "Razorpay: The id provided does not exist"
    session.commit()

    assert dispute_rules.find_open(session, PAY) is None


@pytest.mark.parametrize("other", ["pay_Sb1RaT5mUb39Qz", None])
def test_a_dispute_of_another_payment_hinders_nothing(session, a_dispute, other):
    a_dispute(razorpay_payment_id=other)

    assert dispute_rules.find_open(session, PAY) is None
    assert dispute_rules.find_open(session, None) is None


@pytest.mark.parametrize(
    ("status", "reason", "despite", "waits"),
    [
        ("open", RefundReason.STAFF, False, True),
        ("open", RefundReason.DIRECT, False, True),
        ("open", RefundReason.CANCELLED, False, True),
        ("open", RefundReason.CANCELLED, True, False),
        ("open", RefundReason.REVIEW_REJECTED, False, True),
        # The bank has paid the customer: only a person may pay the customer again.
        ("lost", RefundReason.CANCELLED, False, True),
        ("lost", RefundReason.DUPLICATE, False, True),
        ("lost", RefundReason.STAFF, False, False),
        ("lost", RefundReason.DIRECT, False, False),
        ("won", RefundReason.CANCELLED, False, False),
        ("closed", RefundReason.CANCELLED, False, False),
    ],
)
def test_a_refund_waits_for_a_dispute(
    session, a_dispute, status, reason, despite, waits
):
    dispute = a_dispute(status=status)
    refund = Refund(razorpay_payment_id=PAY, reason=reason, despite_dispute=despite)

    found = dispute_rules.find_holding(session, refund)

    assert found is (dispute if waits else None)


@pytest.mark.parametrize(("status", "waits"), [("lost", True), ("won", False)])
def test_a_refund_that_has_waited_for_a_dispute_waits_when_it_is_lost(
    session, a_dispute, status, waits
):
    dispute = a_dispute(status=status)
    refund = Refund(razorpay_payment_id=PAY, reason=RefundReason.STAFF)
    refund.detail = dispute_rules.waiting(dispute)

    found = dispute_rules.find_holding(session, refund)

    assert found is (dispute if waits else None)
