"""How a payment moves."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, or_, select, update

from chassis import clock, logging
from chassis.errors import NotFound
from payment_svc import events
from payment_svc.managers.moves import Moves
from payment_svc.managers.schedule import next_check
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    AuditLog,
    Event,
    Move,
    Payment,
    PaymentHistory,
    PaymentState,
    PaymentTrigger,
    share_of,
    status_of,
)

PAYMENTS = cast("Table", Payment.__table__)
AUDIT = cast("Table", AuditLog.__table__)
T = PaymentTrigger
# What a poll sees again and again is not worth a row each time.
SILENT = {T.LINK_MADE, T.LINK_OVER, T.CAPTURE_SEEN, T.MISMATCH_SEEN}


class PaymentMoves(Moves):
    """Makes the moves of the payments' table, each with its trace."""

    def lock(self, payment_id: int) -> Payment:
        """Return a payment that stays as it is until the transaction ends."""
        found = self.session.scalar(
            select(Payment)
            .where(Payment.id == payment_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if found is None:
            raise NotFound(f"There is no payment {payment_id}.")
        return found

    def enter(
        self, trigger: PaymentTrigger, reason: str = "", **fields: Any
    ) -> Payment:
        """Write the first row of a payment."""
        move = self.cell(PAYMENT_TRANSITIONS, None, trigger)
        payment = Payment(
            state=move.to,
            status=self._status(move.to, fields),
            receipt=str(uuid.uuid4()),
            state_since=clock.now(),
            **fields,
        )
        self.session.add(payment)
        self.session.flush()
        self.plan(payment)
        self._trace(payment, None, move, trigger, reason)
        return payment

    def become(
        self, payment: Payment, trigger: PaymentTrigger, why: str = "", **values: Any
    ) -> None:
        """Let a trigger meet a payment; `values` change with it."""
        source = PaymentState(payment.state)
        move = self.cell(PAYMENT_TRANSITIONS, source, trigger)
        if move.to == source and not values and move.says is None and trigger in SILENT:
            return
        if move.to != source:
            values |= {"state_since": clock.now(), "attempts": 0}
        self.change(PAYMENTS, payment.id, source, **self._row(payment, move, values))
        self.touch(payment)
        if move.to != source:
            self.plan(payment)
        self._trace(payment, source, move, trigger, why)

    def plan(self, payment: Payment) -> None:
        """Put the next look at Razorpay where the plan has it.

        One that is due stays so: it was wished for while the last was under way,
        whose worker had put it off, and may see what that did not.
        """
        now, due = clock.now(), payment.next_check_at
        if due is None or due > now:
            payment.next_check_at = next_check(payment, self.settings, now)

    def wake(self, payment_id: int, when: datetime) -> None:
        """Look at a payment at this moment, if no look is due before."""
        due = PAYMENTS.c.next_check_at
        self.session.execute(
            update(PAYMENTS)
            .where(PAYMENTS.c.auditlog_ptr_id == payment_id)
            .where(or_(due.is_(None), due > when))
            .values(next_check_at=when)
        )

    def touch(self, payment: Payment) -> None:
        """Note when a payment changed, and read it as the database has it."""
        self.session.execute(
            update(AUDIT).where(AUDIT.c.id == payment.id).values(updated_at=clock.now())
        )
        self.session.refresh(payment)

    def _row(
        self, payment: Payment, move: Move[PaymentState], values: dict[str, Any]
    ) -> dict[str, Any]:
        names = ("closing_reason", "captured_amount", "amount_refunded")
        known = {name: getattr(payment, name) for name in names} | values
        return {**values, "state": move.to, "status": self._status(move.to, known)}

    def _status(self, state: PaymentState, fields: dict[str, Any]) -> str:
        nothing = Decimal(0)
        captured = fields.get("captured_amount") or nothing
        share = share_of(captured, fields.get("amount_refunded") or nothing)
        return status_of(state, fields.get("closing_reason"), share)

    def _trace(
        self,
        payment: Payment,
        source: PaymentState | None,
        move: Move[PaymentState],
        trigger: PaymentTrigger,
        reason: str,
    ) -> None:
        self.session.add(
            PaymentHistory(
                payment_id=payment.id,
                from_state=source,
                to_state=move.to,
                trigger=trigger,
                reason=reason[:255],
                actor=self.actor,
            )
        )
        if move.says is not None:
            self.say(payment, move.says)
        self.session.flush()
        logging.get().info(
            "payment", payment_id=payment.id, trigger=str(trigger), state=str(move.to)
        )

    def say(self, payment: Payment, event: Event) -> None:
        """Tell order-svc; what it must answer is said again until it does."""
        if event is Event.CLOSED and payment.extra_of is not None:
            return  # the order is closed by its own payment alone
        if event is Event.CAPTURED and payment.outcome is None:
            pause = timedelta(seconds=self.settings.announce_seconds)
            payment.announce_at = clock.now() + pause
        self.session.add(events.OF_PAYMENT[event](payment))
