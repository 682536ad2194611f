"""The business rules of refunds: never more than came, each once."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from chassis import clock, logging
from chassis.errors import Conflict, Forbidden, NotFound, Unprocessable
from payment_svc.managers.refund_moves import DONE, RefundMoves
from payment_svc.models import (
    LEAST,
    Outcome,
    Payment,
    PaymentState,
    ProviderRefund,
    Refund,
    RefundReason,
    RefundState,
    RefundTrigger,
    refund_key,
)

T = RefundTrigger
BY_PEOPLE = (RefundReason.DIRECT, RefundReason.STAFF)
SEEN = {
    "pending": T.SEEN_PENDING,
    "processed": T.SEEN_PROCESSED,
    "failed": T.SEEN_FAILED,
}


class RefundManager(RefundMoves):
    """What may be done with refunds.

    `RefundManager(session, settings, actor)`; it never commits.
    """

    def of_payment(self, payment_id: int) -> list[Refund]:
        """Return a payment's refunds, newest first."""
        rows = select(Refund).where(Refund.payment_id == payment_id)
        return list(self.session.scalars(rows.order_by(Refund.id.desc())))

    def request(
        self, payment: Payment, amount: Decimal, reason: RefundReason, n: int
    ) -> Refund:
        """Ask for a refund of a locked payment; its key makes it one for ever.

        One that is too large is a final refusal, a FAILED row, not an error.
        """
        key = refund_key(payment.id, reason, n)
        known = self.session.scalar(select(Refund).where(Refund.key == key))
        if known is not None:
            self.become(known, payment, T.ASKED)
            return known
        fits = amount <= self.left(payment)
        trigger = T.ASKED if fits else T.TOO_MUCH
        return self.enter(payment, trigger, amount, reason, n)

    def direct(
        self, payment: Payment, amount: Decimal | None, note: str, *, is_admin: bool
    ) -> Refund:
        """Refund a locked payment from here; `amount` is the rest when not given.

        Raises Conflict: `not_settled`, `refund_too_large`; Unprocessable for less than
        Razorpay returns; Forbidden above the limit, except for an admin.
        """
        if not self._may_refund(payment):
            raise Conflict(
                "The order has not settled this payment yet.", code="not_settled"
            )
        wanted = self._wanted(payment, amount)
        if not is_admin:
            self._check_limit(payment, wanted)
        n = 1 + self._count(payment, Refund.reason == RefundReason.DIRECT)
        return self.enter(payment, T.ASKED, wanted, RefundReason.DIRECT, n, note)

    def _wanted(self, payment: Payment, amount: Decimal | None) -> Decimal:
        left = self.left(payment)
        wanted = left if amount is None else amount
        if not 0 < wanted <= left:
            raise Conflict(f"{left} can be refunded.", code="refund_too_large")
        if wanted < min(LEAST, left):
            sentence = f"Must be at least {LEAST}, or all that is left: {left}."
            raise Unprocessable(sentence, errors={"amount": [sentence]})
        return wanted

    def _check_limit(self, payment: Payment, amount: Decimal) -> None:
        """Count what people returned before: parts of a large refund are one."""
        before = self._sum(payment, Refund.reason.in_(BY_PEOPLE))
        limit = self.settings.refund_limit
        if before + amount > limit:
            raise Forbidden(f"More than {limit} is returned by an admin alone.")

    def send_back(self, payment: Payment) -> Refund:
        """Refund all of a suspect payment; no event tells of it."""
        n = 1 + self._count(payment, Refund.reason == RefundReason.SUSPECT)
        amount = payment.refundable
        return self.enter(payment, T.ASKED, amount, RefundReason.SUSPECT, n)

    def left(self, payment: Payment) -> Decimal:
        """Return what of the capture is neither back nor on its way back."""
        if payment.state != PaymentState.CAPTURED:
            return Decimal("0.00")
        return payment.refundable - self._sum(payment, _of_capture(payment))

    def _sum(self, payment: Payment, rule: ColumnElement[bool]) -> Decimal:
        """Add up a payment's refunds that have not failed."""
        total = self.session.scalar(
            select(func.sum(Refund.amount)).where(
                Refund.payment_id == payment.id,
                Refund.state != RefundState.FAILED,
                rule,
            )
        )
        return total or Decimal("0.00")

    def _may_refund(self, payment: Payment) -> bool:
        if payment.state != PaymentState.CAPTURED:
            return False
        is_failed = Refund.state == RefundState.FAILED
        failed = self._count(payment, is_failed & _of_capture(payment))
        return payment.outcome == Outcome.KEPT or failed > 0

    def _count(self, payment: Payment, rule: ColumnElement[bool]) -> int:
        rows = select(func.count(Refund.id)).where(Refund.payment_id == payment.id)
        return self.session.scalar(rows.where(rule)) or 0

    def learn(self, refund_id: int, seen: ProviderRefund) -> Refund:
        """Believe what Razorpay says of a refund, forward only."""
        refund, payment = self.lock(refund_id)
        trigger = SEEN.get(seen.status, T.NO_ANSWER)
        known = {} if refund.state in DONE else {"razorpay_refund_id": seen.id}
        if trigger is T.SEEN_FAILED:
            logging.get().error("refund failed", refund_id=refund.id)
        self.become(refund, payment, trigger, seen.status, **known)
        return refund

    def unclaimed(
        self, refund: Refund, seen: Iterable[ProviderRefund]
    ) -> list[ProviderRefund]:
        """Return those of the refund's amount that no row holds."""
        held = set(
            self.session.scalars(
                select(Refund.razorpay_refund_id).where(
                    Refund.razorpay_payment_id == refund.razorpay_payment_id
                )
            )
        )
        alike = (one for one in seen if one.amount == refund.amount)
        return [one for one in alike if one.id not in held]

    def refuse(self, refund_id: int, description: str) -> None:
        """End a refund that Razorpay does not make; a person must look."""
        refund, payment = self.lock(refund_id)
        logging.get().error("refund refused", refund_id=refund.id, why=description)
        self.become(refund, payment, T.REFUSED, description, detail=description[:255])

    def acknowledge(self, payment: Payment, refund_id: int) -> None:
        """Hear that order-svc knows of a direct refund."""
        refund, owner = self.lock(refund_id)
        if owner.id != payment.id:
            raise NotFound(f"Payment {payment.id} has no refund {refund_id}.")
        if refund.acknowledged_at is None:
            self.become(
                refund,
                payment,
                T.ACKNOWLEDGED,
                acknowledged_at=clock.now(),
                announce_at=None,
            )

    def announce(self, refund_id: int) -> None:
        """Say a direct refund again that order-svc has not named."""
        refund, payment = self.lock(refund_id)
        if refund.announce_at is not None and refund.announce_at <= clock.now():
            self.become(refund, payment, T.UNHEARD)


def _of_capture(payment: Payment) -> ColumnElement[bool]:
    """Leave out the refund of a suspect capture that came before this one."""
    return Refund.razorpay_payment_id == payment.razorpay_payment_id
