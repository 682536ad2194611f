"""How much of a payment may be refunded, and by whom."""

from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, Forbidden, Unprocessable
from payment_svc.models import (
    Outcome,
    Payment,
    PaymentKind,
    PaymentState,
    Refund,
    RefundReason,
    RefundState,
)
from payment_svc.razorpay.types import MINIMUM_AMOUNT

BY_PEOPLE = (RefundReason.DIRECT, RefundReason.STAFF)


class RefundRules:
    """The amounts of a locked payment's refunds."""

    def __init__(self, session: Session, limit: Decimal) -> None:
        self.session = session
        self.limit = limit

    def left(self, payment: Payment) -> Decimal:
        """Return the capture minus its processed and unfinished refunds."""
        if payment.state != PaymentState.CAPTURED:
            return Decimal("0.00")
        return payment.refundable - self._sum(payment, _of_capture(payment))

    def direct_amount(
        self, payment: Payment, amount: Decimal | None, *, is_admin: bool
    ) -> Decimal:
        """Return the amount of a direct refund: what is left, if none was given.

        Raises Conflict `not_settled` and `refund_too_large`, Unprocessable for less
        than Razorpay refunds, and Forbidden above the limit except for an admin.
        """
        if not self._may_refund(payment):
            raise Conflict(
                "The order has not settled this payment yet.", code="not_settled"
            )
        left = self.left(payment)
        wanted = left if amount is None else amount
        _check_amount(wanted, left)
        if not is_admin and self._exceeds_limit(payment, wanted):
            raise Forbidden(f"Only an admin may refund more than {self.limit}.")
        return wanted

    def problem(
        self, payment: Payment, amount: Decimal, left: Decimal, *, is_limited: bool
    ) -> str:
        """Return why a requested refund is not made, or an empty text."""
        if amount > left:
            return f"{left} is left of the capture"
        if is_limited and self._exceeds_limit(payment, amount):
            return f"only an admin may refund more than {self.limit} of one order"
        return ""

    def next_number(self, payment: Payment, reason: RefundReason) -> int:
        """Return the number of the payment's next refund with this reason."""
        return 1 + self._count(payment, Refund.reason == reason)

    def _exceeds_limit(self, payment: Payment, amount: Decimal) -> bool:
        """Return whether staff would refund more of the order than the limit.

        This is the only place that knows every refund by staff: those requested here,
        and those requested at order-svc, of all payments of the order. The PRIMARY
        payment is locked, so that concurrent requests count one after the other.
        """
        of_order = Payment.order_id == payment.order_id
        primary = select(Payment.auditlog_ptr_id).where(
            of_order, Payment.kind == PaymentKind.PRIMARY
        )
        self.session.execute(primary.with_for_update())
        before = self.session.scalar(
            select(func.sum(Refund.amount))
            .join(Payment, Payment.auditlog_ptr_id == Refund.payment_id)
            .where(
                of_order,
                Refund.state != RefundState.FAILED,
                Refund.reason.in_(BY_PEOPLE),
            )
        )
        return (before or Decimal("0.00")) + amount > self.limit

    def _may_refund(self, payment: Payment) -> bool:
        if payment.state != PaymentState.CAPTURED:
            return False
        is_failed = Refund.state == RefundState.FAILED
        failed = self._count(payment, is_failed & _of_capture(payment))
        return payment.outcome == Outcome.KEPT or failed > 0

    def _sum(self, payment: Payment, rule: ColumnElement[bool]) -> Decimal:
        """Return the sum of a payment's refunds that have not failed."""
        total = self.session.scalar(
            select(func.sum(Refund.amount)).where(
                Refund.payment_id == payment.id,
                Refund.state != RefundState.FAILED,
                rule,
            )
        )
        return total or Decimal("0.00")

    def _count(self, payment: Payment, rule: ColumnElement[bool]) -> int:
        rows = select(func.count(Refund.id)).where(Refund.payment_id == payment.id)
        return self.session.scalar(rows.where(rule)) or 0


def _check_amount(wanted: Decimal, left: Decimal) -> None:
    if not 0 < wanted <= left:
        raise Conflict(f"{left} can be refunded.", code="refund_too_large")
    if wanted < min(MINIMUM_AMOUNT, left):
        sentence = f"Must be at least {MINIMUM_AMOUNT}, or all that is left: {left}."
        raise Unprocessable(sentence, errors={"amount": [sentence]})


def _of_capture(payment: Payment) -> ColumnElement[bool]:
    """Select the refunds of the current capture; an earlier one may be rejected."""
    return Refund.razorpay_payment_id == payment.razorpay_payment_id
