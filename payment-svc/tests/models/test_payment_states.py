"""Every state of a payment has its status."""

from payment_svc.models import (
    PAYMENT_STATUS,
    ClosingReason,
    PaymentState,
    RefundedShare,
)


def test_every_state_has_its_status():
    reasons = {
        PaymentState.CLOSED: set(ClosingReason),
        PaymentState.CAPTURED: set(RefundedShare),
    }
    wanted = {(s, r) for s in PaymentState for r in reasons.get(s, {None})}

    assert set(PAYMENT_STATUS) == wanted
