"""Refunds of orders; each is requested again until payment-svc has answered."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, correlation, leases, logging
from chassis.failpoints import failpoint
from order_svc import events
from order_svc.config import Times
from order_svc.managers import timeline
from order_svc.managers.triggers import PAYMENT_SVC, Data
from order_svc.models import (
    AUTOMATIC,
    DECIDED,
    UNREQUESTED,
    Order,
    OrderRefund,
    PaymentStatus,
    RefundReason,
    RefundState,
)

ZERO = Decimal("0.00")
BY_PEOPLE = (RefundReason.STAFF, RefundReason.DIRECT)


class Refunds:
    """The refunds of orders, in the transaction that moves the order."""

    def __init__(self, session: Session, times: Times) -> None:
        self.session = session
        self.times = times

    def list(self, order_id: int) -> Sequence[OrderRefund]:
        """Return an order's refunds, oldest first."""
        statement = select(OrderRefund).filter_by(order_id=order_id)
        return self.session.scalars(statement.order_by(OrderRefund.id)).all()

    def find(self, data: Data) -> OrderRefund | None:
        """Return the refund with a message's payment, reason and n, or None."""
        return self.session.scalar(
            select(OrderRefund).filter_by(
                payment_id=data["payment_id"], reason=data["reason"], n=data["n"]
            )
        )

    def find_answered(self, refund_id: int) -> OrderRefund | None:
        """Return the refund with this refund id of payment-svc, or None."""
        return self.session.scalar(select(OrderRefund).filter_by(refund_id=refund_id))

    def is_automatic(self, payment_id: int | None) -> bool:
        """Return whether the saga itself has refunded this payment."""
        statement = select(OrderRefund.id).where(
            OrderRefund.payment_id == payment_id, OrderRefund.reason.in_(AUTOMATIC)
        )
        return self.session.scalar(statement.limit(1)) is not None

    def remaining(self, order: Order) -> Decimal:
        """Return what is neither refunded nor requested of the order's own payment."""
        captured = order.captured_amount or ZERO
        open_ = self._sum(order, RefundState.REQUESTED, RefundState.PROCESSED)
        # A refund made at Razorpay may exceed what the requested ones leave.
        return max(captured - open_, ZERO)

    def staff_total(self, order: Order) -> Decimal:
        """Return the sum of the refunds by staff that are known, without failed ones.

        A direct refund, requested at payment-svc, is known once it is processed.
        """
        amounts = self.session.scalars(
            select(OrderRefund.amount)
            .where(OrderRefund.order_id == order.id)
            .where(OrderRefund.reason.in_(BY_PEOPLE))
            .where(OrderRefund.state != RefundState.FAILED)
        )
        return sum(amounts, ZERO)

    def processed(self, order: Order) -> Decimal:
        """Return the sum of the processed refunds of the order's own payment."""
        return self._sum(order, RefundState.PROCESSED)

    def request(self, order: Order, **columns: Any) -> OrderRefund:
        """Insert a refund and publish its request."""
        refund = OrderRefund(
            order_id=order.id,
            next_check_at=clock.now() + self._pause(0),
            **{"n": 1, **columns},
        )
        self.session.add(refund)
        self.session.flush()
        timeline.publish(self.session, order.id, events.refund_requested(refund))
        failpoint("order.refund_emitted")
        return refund

    def request_by_staff(self, order: Order, data: Data) -> OrderRefund:
        """Request a refund of the order's own payment; without an amount, the rest."""
        last = select(func.max(OrderRefund.n)).filter_by(
            payment_id=order.payment_id, reason=RefundReason.STAFF
        )
        return self.request(
            order,
            payment_id=order.payment_id,
            reason=RefundReason.STAFF,
            n=(self.session.scalar(last) or 0) + 1,
            amount=data["amount"] or self.remaining(order),
            is_rest=data["amount"] is None,
            note=data["note"],
            items=data["items"],
            actor=data["actor"],
            by_admin=data["by_admin"],
        )

    def request_again(self, refund_id: int) -> None:
        """Publish the request of a refund once more, unless it is answered by now."""
        refund = self.session.get_one(
            OrderRefund, refund_id, with_for_update=True, populate_existing=True
        )
        if refund.state != RefundState.REQUESTED:
            leases.release(OrderRefund, refund_id)
            return
        correlation.use(refund.correlation_id)
        refund.next_check_at = clock.now() + self._pause(refund.attempts)
        timeline.publish(self.session, refund.order_id, events.refund_requested(refund))

    def settle(
        self, order: Order, payment_id: int, refund_id: int | None = None
    ) -> None:
        """Publish the outcome of a capture: kept, or refunded by the saga."""
        outcome = "refund" if self.is_automatic(payment_id) else "kept"
        message = events.order_settled(order.id, payment_id, outcome, refund_id)
        timeline.publish(self.session, order.id, message)

    def record(self, order: Order, data: Data) -> None:
        """Record a processed refund once.

        Every copy of a refund that was not requested here is answered, with
        `order.settled`, once the capture itself is recorded. A refund of nothing, with
        which an unpaid order ends, has no row.
        """
        if not data["amount"]:
            return
        refund = self._get_or_insert(order, data)
        if refund.state != RefundState.PROCESSED:
            _alert(order, refund)
            refund.amount = data["amount"]
            self._answer(refund, RefundState.PROCESSED, data["refund_id"])
        self.update_totals(order)
        if refund.reason in UNREQUESTED and self._is_settled(order, refund.payment_id):
            self.settle(order, refund.payment_id, refund.refund_id)

    def fail(self, order: Order, data: Data) -> None:
        """Record a failed refund; a processed one stays processed."""
        refund = self._get_or_insert(order, data)
        if refund.state != RefundState.PROCESSED:
            self._answer(refund, RefundState.FAILED, data["refund_id"])

    def update_totals(self, order: Order) -> None:
        """Set the order's refunded amount and payment status from its refunds."""
        order.refunded_amount = self.processed(order)
        if order.captured_amount is None or not order.refunded_amount:
            return
        is_whole = order.refunded_amount >= order.captured_amount
        order.payment_status = (
            PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTIALLY_REFUNDED
        )

    def _is_settled(self, order: Order, payment_id: int) -> bool:
        """Return whether the outcome of a capture is decided.

        A refund can arrive before its capture, whose outcome is then unknown.
        """
        is_recorded = payment_id == order.payment_id or self.is_automatic(payment_id)
        return order.state in DECIDED and is_recorded

    def _get_or_insert(self, order: Order, data: Data) -> OrderRefund:
        refund = self.find(data)
        if refund is None:  # requested at payment-svc, or made at Razorpay
            columns = {k: data[k] for k in ("payment_id", "reason", "n", "amount")}
            refund = OrderRefund(
                order_id=order.id,
                actor=PAYMENT_SVC,
                state=RefundState.REQUESTED,
                note=data.get("note"),
                **columns,
            )
            self.session.add(refund)
        return refund

    def _answer(self, refund: OrderRefund, state: RefundState, refund_id: int) -> None:
        refund.state, refund.refund_id = state, refund_id
        refund.next_check_at = None
        self.session.flush()

    def _pause(self, attempts: int) -> timedelta:
        """Return how long to wait for the answer: from minutes to some hours."""
        first = self.times.refund_again_seconds
        return leases.backoff(attempts, first, 64 * first)

    def _sum(self, order: Order, *states: RefundState) -> Decimal:
        """Return the sum of the refunds of the order's own payment in these states."""
        amounts = self.session.scalars(
            select(OrderRefund.amount)
            .where(OrderRefund.payment_id == order.payment_id)
            .where(OrderRefund.state.in_(states))
        )
        return sum(amounts, ZERO)


def _alert(order: Order, refund: OrderRefund) -> None:
    """Alert for money that was refunded at Razorpay: the goods may have been sent."""
    if refund.reason == RefundReason.PROVIDER:
        logging.get().error(
            "refund made at razorpay",
            alert=True,
            order_id=order.id,
            amount=f"{refund.amount:.2f}",
        )
