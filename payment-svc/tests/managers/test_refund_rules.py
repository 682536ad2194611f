"""How much of a payment may be refunded."""

from decimal import Decimal

import pytest

from chassis.errors import Conflict, Forbidden, Unprocessable
from payment_svc.managers.refund_rules import RefundRules
from payment_svc.models import Outcome, PaymentState, RefundReason


@pytest.fixture
def rules(session):
    return RefundRules(session, Decimal("100.00"))


@pytest.fixture
def payment(session, a_payment):
    """Return a settled payment of 499.00."""
    made = a_payment(PaymentState.CAPTURED)
    made.outcome = Outcome.KEPT
    session.commit()
    return made


def test_what_is_left_is_the_capture_without_its_refunds(work, rules, payment):
    assert rules.left(payment) == Decimal("499.00")

    work.refunds.request(payment, Decimal("99.00"), RefundReason.STAFF, 1)

    assert rules.left(payment) == Decimal("400.00")


@pytest.mark.parametrize("paid", ["514.19", "489.00"], ids=["a fee", "an offer"])
def test_what_was_paid_is_left_not_the_price(rules, payment, paid):
    payment.captured_amount = Decimal(paid)

    assert rules.left(payment) == Decimal(paid)
    assert rules.direct_amount(payment, None, is_admin=True) == Decimal(paid)


@pytest.mark.parametrize("state", [PaymentState.ISSUED, PaymentState.UNDER_REVIEW])
def test_nothing_is_left_of_a_payment_that_is_not_captured(rules, a_payment, state):
    assert rules.left(a_payment(state)) == Decimal("0.00")


@pytest.mark.parametrize(
    ("amount", "error"),
    [("499.01", Conflict), ("0.00", Conflict), ("0.99", Unprocessable)],
)
def test_an_amount_that_cannot_be_refunded_is_refused(rules, payment, amount, error):
    with pytest.raises(error):
        rules.direct_amount(payment, Decimal(amount), is_admin=True)


def test_the_limit_counts_all_refunds_by_people(work, rules, payment):
    work.refunds.request(payment, Decimal("60.00"), RefundReason.STAFF, 1)
    work.refunds.request(payment, Decimal("60.00"), RefundReason.CANCELLED, 1)

    forty = Decimal("40.00")
    assert rules.direct_amount(payment, forty, is_admin=False) == forty
    with pytest.raises(Forbidden):
        rules.direct_amount(payment, Decimal("40.01"), is_admin=False)


def test_refunds_are_numbered_for_each_reason(work, rules, payment):
    work.refunds.request(payment, Decimal("60.00"), RefundReason.DIRECT, 1)

    assert rules.next_number(payment, RefundReason.DIRECT) == 2
    assert rules.next_number(payment, RefundReason.STAFF) == 1
