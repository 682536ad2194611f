"""The business rules of refunds: never more than came, each once."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.errors import Conflict, NotFound
from payment_svc import events
from payment_svc.config import Settings
from payment_svc.managers.moves import Moves
from payment_svc.managers.payment_moves import PAYMENTS, PaymentMoves
from payment_svc.models import (
    REFUND_TRANSITIONS,
    Event,
    Move,
    Outcome,
    Payment,
    PaymentState,
    ProviderRefund,
    Refund,
    RefundHistory,
    RefundReason,
    RefundState,
    RefundTrigger,
    refund_key,
    share_of,
    status_of,
)

REFUNDS = cast("Table", Refund.__table__)
T = RefundTrigger
DONE = (RefundState.PROCESSED, RefundState.FAILED)
# What happens at each try is not worth a row each time.
SILENT = {T.CALLED, T.NO_ANSWER, T.SEEN_PENDING}
SEEN = {
    "pending": T.SEEN_PENDING,
    "processed": T.SEEN_PROCESSED,
    "failed": T.SEEN_FAILED,
}


class RefundManager(Moves):
    """What may be done with refunds; the payment's row is locked before the refund's.

    `RefundManager(session, settings, actor)`; it never commits.
    """

    def __init__(self, session: Session, settings: Settings, actor: str) -> None:
        super().__init__(session, settings, actor)
        self.payments = PaymentMoves(session, settings, actor)

    def lock(self, refund_id: int) -> tuple[Refund, Payment]:
        """Return a refund and its payment, both unchanging until the end."""
        owner = self.session.scalar(
            select(Refund.payment_id).where(Refund.id == refund_id)
        )
        if owner is None:
            raise NotFound(f"There is no refund {refund_id}.")
        payment = self.payments.lock(owner)
        refund = self.session.get_one(
            Refund, refund_id, with_for_update=True, populate_existing=True
        )
        return refund, payment

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
        return self._enter(payment, trigger, amount, reason, n)

    def direct(self, payment: Payment, amount: Decimal | None, note: str) -> Refund:
        """Refund a locked payment from here; `amount` is the rest when not given.

        Raises Conflict: `not_settled`, `refund_too_large`.
        """
        if not self._may_refund(payment):
            raise Conflict(
                "The order has not settled this payment yet.", code="not_settled"
            )
        left = self.left(payment)
        wanted = left if amount is None else amount
        if not 0 < wanted <= left:
            raise Conflict(f"{left} can be refunded.", code="refund_too_large")
        n = 1 + self._count(payment, Refund.reason == RefundReason.DIRECT)
        return self._enter(payment, T.ASKED, wanted, RefundReason.DIRECT, n, note)

    def send_back(self, payment: Payment, note: str) -> Refund:
        """Refund all of a suspect payment; no event tells of it."""
        n = 1 + self._count(payment, Refund.reason == RefundReason.SUSPECT)
        amount = payment.refundable
        return self._enter(payment, T.ASKED, amount, RefundReason.SUSPECT, n, note)

    def left(self, payment: Payment) -> Decimal:
        """Return what of the capture is neither back nor on its way back."""
        if payment.state != PaymentState.CAPTURED:
            return Decimal("0.00")
        taken = self.session.scalar(
            select(func.sum(Refund.amount)).where(
                Refund.payment_id == payment.id,
                Refund.razorpay_payment_id == payment.razorpay_payment_id,
                Refund.state != RefundState.FAILED,
            )
        )
        return payment.refundable - (taken or Decimal("0.00"))

    def _may_refund(self, payment: Payment) -> bool:
        if payment.state != PaymentState.CAPTURED:
            return False
        failed = self._count(payment, Refund.state == RefundState.FAILED)
        return payment.outcome == Outcome.KEPT or failed > 0

    def _count(self, payment: Payment, rule: ColumnElement[bool]) -> int:
        rows = select(func.count(Refund.id)).where(Refund.payment_id == payment.id)
        return self.session.scalar(rows.where(rule)) or 0

    def _enter(
        self,
        payment: Payment,
        trigger: RefundTrigger,
        amount: Decimal,
        reason: RefundReason,
        n: int,
        note: str = "",
    ) -> Refund:
        move = self.cell(REFUND_TRANSITIONS, None, trigger)
        refund = Refund(
            payment_id=payment.id,
            key=refund_key(payment.id, reason, n),
            idempotency_key=str(uuid.uuid4()),
            razorpay_payment_id=payment.razorpay_payment_id,
            amount=amount,
            currency=payment.captured_currency or payment.currency,
            reason=reason,
            n=n,
            note=note[:255] or None,
            state=move.to,
            next_check_at=clock.now() if move.to not in DONE else None,
        )
        self.session.add(refund)
        self.session.flush()
        self._trace(refund, payment, None, move, trigger, "")
        return refund

    def become(
        self,
        refund: Refund,
        payment: Payment,
        trigger: RefundTrigger,
        reason: str = "",
        **values: Any,
    ) -> None:
        """Let a trigger meet a locked refund of a locked payment."""
        source = RefundState(refund.state)
        move = self.cell(REFUND_TRANSITIONS, source, trigger)
        if move.to in DONE:
            values |= {"next_check_at": None}
        if move.to != source:
            values |= {"attempts": 0} if trigger != T.CALLED else {}
        self.change(
            REFUNDS,
            refund.id,
            source,
            state=move.to,
            updated_at=clock.now(),
            **values,
        )
        self.session.refresh(refund)
        if source != move.to and move.to == RefundState.PROCESSED:
            self._book(refund, payment)
        if move.to != source or trigger not in SILENT:
            self._trace(refund, payment, source, move, trigger, reason)

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

    def _book(self, refund: Refund, payment: Payment) -> None:
        """Count money that went back on its payment, which shows it as its status."""
        if refund.reason == RefundReason.SUSPECT:
            return
        returned = payment.amount_refunded + refund.amount
        share = share_of(payment.refundable, returned)
        status = status_of(PaymentState(payment.state), payment.closing_reason, share)
        self.change(
            PAYMENTS, payment.id, payment.state, amount_refunded=returned, status=status
        )
        self.payments.touch(payment)

    def _trace(
        self,
        refund: Refund,
        payment: Payment,
        source: RefundState | None,
        move: Move[RefundState],
        trigger: RefundTrigger,
        reason: str,
    ) -> None:
        self.session.add(
            RefundHistory(
                refund_id=refund.id,
                from_state=source,
                to_state=move.to,
                trigger=trigger,
                reason=reason[:255],
                actor=self.actor,
            )
        )
        if move.says is not None and refund.reason != RefundReason.SUSPECT:
            self._say(refund, payment, move.says)
        self.session.flush()

    def _say(self, refund: Refund, payment: Payment, event: Event) -> None:
        is_direct = refund.reason == RefundReason.DIRECT
        if is_direct and event is Event.REFUND_PROCESSED and not refund.acknowledged_at:
            pause = timedelta(seconds=self.settings.announce_seconds)
            refund.announce_at = clock.now() + pause
        self.session.add(events.OF_REFUND[event](payment, refund))
