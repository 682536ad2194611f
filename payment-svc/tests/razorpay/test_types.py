"""Links and snapshots."""

from decimal import Decimal

import pytest

from payment_svc.razorpay.types import ProviderLink, ProviderPayment, Snapshot

AMOUNT = Decimal("1.00")


def a_payment(payment_id, created_at, is_captured=True):
    return ProviderPayment(payment_id, AMOUNT, "INR", "any", is_captured, created_at)


def test_captures_are_the_captured_payments_oldest_first():
    payments = (a_payment("b", 2), a_payment("c", 1), a_payment("a", 2))
    failed = a_payment("d", 0, is_captured=False)

    captures = Snapshot(None, (*payments, failed)).captures

    assert [capture.id for capture in captures] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("status", "is_open", "is_over"),
    [
        ("created", True, False),
        ("partially_paid", True, False),
        ("paid", False, False),
        ("cancelled", False, True),
        ("expired", False, True),
    ],
)
def test_a_link_is_open_or_over_by_its_status(status, is_open, is_over):
    link = ProviderLink("id", "url", status, AMOUNT, "INR", "reference", None, None)

    assert (link.is_open, link.is_over) == (is_open, is_over)
