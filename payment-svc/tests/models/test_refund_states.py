"""Every state of a refund has its status."""

from payment_svc.models import REFUND_STATUS, RefundState


def test_every_state_has_its_status():
    assert set(REFUND_STATUS) == set(RefundState)
