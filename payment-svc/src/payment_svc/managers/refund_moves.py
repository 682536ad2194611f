"""How a refund moves."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.errors import NotFound
from payment_svc import events
from payment_svc.config import Settings
from payment_svc.managers.moves import Moves
from payment_svc.managers.payment_moves import PAYMENTS, PaymentMoves
from payment_svc.models import (
    REFUND_TRANSITIONS,
    Event,
    Move,
    Payment,
    PaymentState,
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


class RefundMoves(Moves):
    """Makes the moves of the refunds' table, each with its trace.

    The payment's row is locked before the refund's, always.
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

    def enter(
        self,
        payment: Payment,
        trigger: RefundTrigger,
        amount: Decimal,
        reason: RefundReason,
        n: int,
        note: str = "",
    ) -> Refund:
        """Write the first row of a refund of a locked payment."""
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

    def _book(self, refund: Refund, payment: Payment) -> None:
        """Count money that went back on its payment, which shows it as its status.

        What an admin sent back may be followed by a good capture, and is none of it.
        """
        if refund.razorpay_payment_id != payment.razorpay_payment_id:
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
        logging.get().info(
            "refund", refund_id=refund.id, trigger=str(trigger), state=str(move.to)
        )

    def _say(self, refund: Refund, payment: Payment, event: Event) -> None:
        is_direct = refund.reason == RefundReason.DIRECT
        if is_direct and event is Event.REFUND_PROCESSED and not refund.acknowledged_at:
            pause = timedelta(seconds=self.settings.announce_seconds)
            refund.announce_at = clock.now() + pause
        self.session.add(events.OF_REFUND[event](payment, refund))
