"""Refunds: rows of the order, asked for until payment-svc has answered each."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from chassis.failpoints import failpoint
from order_svc import events
from order_svc.config import Times
from order_svc.managers.history import History
from order_svc.models import (
    AUTOMATIC,
    DECIDED,
    Order,
    OrderRefund,
    PaymentStatus,
    RefundReason,
    RefundState,
)

ZERO = Decimal("0.00")


class Refunds:
    """The refunds of one order at a time, in the transaction that moves it."""

    def __init__(self, session: Session, times: Times, history: History) -> None:
        self.session = session
        self.times = times
        self.history = history

    def rows(self, order_id: int) -> Sequence[OrderRefund]:
        """Return an order's refunds, oldest first."""
        statement = select(OrderRefund).filter_by(order_id=order_id)
        return self.session.scalars(statement.order_by(OrderRefund.id)).all()

    def is_returned(self, payment_id: int) -> bool:
        """Say whether the saga itself has sent this payment back."""
        statement = select(OrderRefund.id).where(
            OrderRefund.payment_id == payment_id, OrderRefund.reason.in_(AUTOMATIC)
        )
        return self.session.scalar(statement.limit(1)) is not None

    def rest(self, order: Order) -> Decimal:
        """Return what of the own payment is neither returned nor asked for."""
        captured = order.captured_amount or ZERO
        return captured - self._sum(order, RefundState.REQUESTED, RefundState.PROCESSED)

    def asked_by_staff(self, order: Order) -> Decimal:
        """Return the sum of what staff have returned of the order, or are returning."""
        amounts = self.session.scalars(
            select(OrderRefund.amount)
            .where(OrderRefund.order_id == order.id)
            .where(OrderRefund.reason == RefundReason.STAFF)
            .where(OrderRefund.state != RefundState.FAILED)
        )
        return sum(amounts, ZERO)

    def completes(self, order: Order, facts: Mapping[str, Any]) -> bool:
        """Say whether this processed refund returns the last of the own payment."""
        if facts["payment_id"] != order.payment_id or order.captured_amount is None:
            return False
        row = self.find(facts)
        before = self._sum(order, RefundState.PROCESSED)
        if row is not None and row.state == RefundState.PROCESSED:
            return before >= order.captured_amount
        return bool(before + facts["amount"] >= order.captured_amount)

    def find(self, facts: Mapping[str, Any]) -> OrderRefund | None:
        """Return the row of payment, reason and n."""
        return self.session.scalar(
            select(OrderRefund).filter_by(
                payment_id=facts["payment_id"], reason=facts["reason"], n=facts["n"]
            )
        )

    def check(self, order: Order, facts: Mapping[str, Any]) -> None:
        """Refuse a message about a refund that is known as another one."""
        known = self.session.scalar(
            select(OrderRefund).filter_by(refund_id=facts["refund_id"])
        )
        row = self.find(facts)
        is_other = known is not None and known is not row
        if is_other or (row is not None and row.order_id != order.id):
            raise Conflict(f"Refund {facts['refund_id']} is known as another one.")

    def give_back(
        self, order: Order, payment_id: int, amount: Decimal, reason: RefundReason
    ) -> None:
        """Send a whole payment back, and tell payment-svc that this is decided."""
        self._ask(order, payment_id=payment_id, amount=amount, reason=reason)
        self.settle(order, payment_id)

    def ask(self, order: Order, facts: Mapping[str, Any]) -> OrderRefund:
        """Send back what staff said, of the order's own payment."""
        own = select(func.max(OrderRefund.n)).filter_by(
            payment_id=order.payment_id, reason=RefundReason.STAFF
        )
        return self._ask(
            order,
            payment_id=order.payment_id,
            reason=RefundReason.STAFF,
            n=(self.session.scalar(own) or 0) + 1,
            amount=facts["amount"],
            note=facts["note"],
            items=facts["items"],
            actor=facts["actor"],
        )

    def _ask(self, order: Order, **columns: Any) -> OrderRefund:
        refund = OrderRefund(
            order_id=order.id,
            next_check_at=clock.now() + self.pause(0),
            **{"n": 1, **columns},
        )
        self.session.add(refund)
        self.session.flush()
        self.history.emit(events.refund_requested(refund), order.id)
        failpoint("order.refund_emitted")
        return refund

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait for the answer: from minutes up to some hours."""
        return timedelta(
            seconds=self.times.refund_again_seconds * 2.0 ** min(attempts, 6)
        )

    def settle(
        self, order: Order, payment_id: int, refund_id: int | None = None
    ) -> None:
        """Say what became of a capture: kept, unless the saga has returned it."""
        outcome = "refund" if self.is_returned(payment_id) else "kept"
        event = events.order_settled(order.id, payment_id, outcome, refund_id)
        self.history.emit(event, order.id)

    def record(self, order: Order, facts: Mapping[str, Any]) -> None:
        """Write down a processed refund once; answer every copy of a direct one."""
        row = self._row(order, facts)
        if row.state != RefundState.PROCESSED:
            row.amount = facts["amount"]
            self._answered(row, RefundState.PROCESSED, facts["refund_id"])
        self.sum_up(order)
        if row.reason == RefundReason.DIRECT and order.state in DECIDED:
            self.settle(order, row.payment_id, row.refund_id)

    def fail(self, order: Order, facts: Mapping[str, Any]) -> None:
        """Write down a refund that failed; one that is processed stays so."""
        row = self._row(order, facts)
        if row.state != RefundState.PROCESSED:
            self._answered(row, RefundState.FAILED, facts["refund_id"])

    def _row(self, order: Order, facts: Mapping[str, Any]) -> OrderRefund:
        row = self.find(facts)
        if row is None:  # begun at payment-svc
            columns = {k: facts[k] for k in ("payment_id", "reason", "n", "amount")}
            row = OrderRefund(
                order_id=order.id,
                actor="payment-svc",
                state=RefundState.REQUESTED,
                **columns,
            )
            self.session.add(row)
        return row

    def _answered(self, row: OrderRefund, state: RefundState, refund_id: int) -> None:
        row.state, row.refund_id, row.next_check_at = state, refund_id, None
        self.session.flush()

    def sum_up(self, order: Order) -> None:
        """Keep the order's sums in step with its recorded refunds."""
        order.refunded_amount = self._sum(order, RefundState.PROCESSED)
        if order.captured_amount is None or not order.refunded_amount:
            return
        is_whole = order.refunded_amount >= order.captured_amount
        order.payment_status = (
            PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTIALLY_REFUNDED
        )

    def _sum(self, order: Order, *states: RefundState) -> Decimal:
        """Return the sum of the own payment's refunds in these states."""
        amounts = self.session.scalars(
            select(OrderRefund.amount)
            .where(OrderRefund.payment_id == order.payment_id)
            .where(OrderRefund.state.in_(states))
        )
        return sum(amounts, ZERO)
