"""The status of a payment."""

from decimal import Decimal

import pytest

from payment_svc.models import (
    ClosingReason,
    PaymentState,
    PaymentStatus,
    RefundedShare,
    share_of,
    status_of,
)


@pytest.mark.parametrize(
    ("refunded", "share"),
    [
        ("0.00", RefundedShare.NOTHING),
        ("0.01", RefundedShare.PART),
        ("499.00", RefundedShare.ALL),
    ],
)
def test_the_refunded_share_of_a_capture(refunded, share):
    assert share_of(Decimal("499.00"), Decimal(refunded)) is share


def test_a_closing_reason_counts_only_while_closed():
    reason, nothing = ClosingReason.EXPIRED, RefundedShare.NOTHING

    closed = status_of(PaymentState.CLOSED, reason, nothing)
    captured = status_of(PaymentState.CAPTURED, reason, nothing)

    assert (closed, captured) == (PaymentStatus.EXPIRED, PaymentStatus.COMPLETED)
