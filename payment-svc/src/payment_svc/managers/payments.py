"""The rules of payments: one PRIMARY payment for each order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from chassis import correlation, leases
from chassis.errors import Conflict, NotFound
from chassis.state_machine import Trigger
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.payment_request import PaymentRequest
from payment_svc.managers.replacement import replace_early
from payment_svc.models import (
    ClosingReason,
    Outcome,
    Payment,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
)

T = PaymentTrigger
OVER = (PaymentState.CLOSED, PaymentState.CAPTURED)


@dataclass(frozen=True)
class PaymentManager:
    """The operations on payments: request, close, cancel and settle.

    The manager never commits.
    """

    machine: PaymentMachine

    def get(self, payment_id: int) -> Payment:
        """Return a payment."""
        return self.machine.get(payment_id)

    def lock(self, payment_id: int) -> Payment:
        """Return a payment, locked until the transaction ends."""
        return self.machine.lock(payment_id)

    def get_of_order(self, payment_id: int, order_id: int) -> Payment:
        """Return a payment of this order, locked."""
        payment = self.lock(payment_id)
        if payment.order_id != str(order_id):
            raise NotFound(f"Order {order_id} has no payment {payment_id}.")
        return payment

    def search(self, **filters: Any) -> Select[tuple[Payment]]:
        """Return the statement of the payments that match all given filters."""
        rules: dict[str, Callable[[Any], Any]] = {
            "user_id": lambda v: Payment.user_id == v,
            "order_id": lambda v: Payment.order_id == str(v),
            "status": lambda v: Payment.status == v,
            "created_from": lambda v: Payment.created_at >= v,
            "created_to": lambda v: Payment.created_at <= v,
        }
        given = {name: v for name, v in filters.items() if v is not None}
        return select(Payment).where(*(rules[name](v) for name, v in given.items()))

    def request(self, request: PaymentRequest) -> Payment:
        """Request a payment for order-svc, or answer with the existing one's state.

        A payment that was requested before the order, with other facts, is replaced.
        Raises Conflict `amount_mismatch` for a payment of another amount, and
        `customer_mismatch` for one of another customer.
        """
        replace_early(self.machine, request)
        payment, is_new = self._find_or_insert(request)
        if not is_new:
            payment.user_id = request.user_id  # staff may have left the customer out
            self.machine.fire(payment, Trigger(T.REQUESTED))
        return payment

    def open(self, request: PaymentRequest) -> tuple[Payment, bool]:
        """Return the payment with which an order can be paid, and whether it is new.

        Raises Conflict as `request` does, and `payment_over` for a payment that is
        captured or closed.
        """
        payment, is_new = self._find_or_insert(request)
        if payment.state in OVER:
            raise Conflict("The order's payment has ended.", code="payment_over")
        return payment, is_new

    def _find_or_insert(self, request: PaymentRequest) -> tuple[Payment, bool]:
        payment, is_new = self._insert_once(T.REQUESTED, request.columns())
        if (payment.amount, payment.currency) != (request.amount, request.currency):
            raise Conflict(
                "The order has a payment of another amount.", code="amount_mismatch"
            )
        return payment, is_new

    def close(
        self,
        order_id: int,
        reason: ClosingReason,
        *,
        amount: Decimal,
        currency: str,
        user_id: int | None,
    ) -> Payment:
        """Close an order's payment; an order without a payment gets a tombstone.

        A tombstone is final: a request that arrives later creates no link. Raises
        Conflict `customer_mismatch` for a payment of another customer.
        """
        columns = {
            "order_id": str(order_id),
            "amount": amount,
            "currency": currency,
            "user_id": user_id,
            "closing_reason": reason,
        }
        payment, is_new = self._insert_once(T.CLOSE_REQUESTED, columns)
        if not is_new:
            self._close(payment, reason)
        return payment

    def cancel(self, payment: Payment) -> None:
        """Close a payment's link for staff; raise Conflict for a captured payment."""
        locked = self.lock(payment.id)
        if locked.state == PaymentState.CAPTURED:
            raise Conflict(
                "The payment is captured: refund it instead.", code="already_paid"
            )
        if locked.state == PaymentState.UNDER_REVIEW:
            raise Conflict(
                "The payment is under review: an admin must decide.", code="suspect"
            )
        if locked.state != PaymentState.CLOSED:
            self._close(locked, ClosingReason.CANCELLED)

    def _close(self, payment: Payment, reason: ClosingReason) -> None:
        data = {"closing_reason": reason}
        self.machine.fire(payment, Trigger(T.CLOSE_REQUESTED, "", str(reason), data))

    def settle(self, payment_id: int, order_id: int, outcome: Outcome) -> Payment:
        """Record what order-svc decided about a capture, and stop republishing it."""
        payment = self.get_of_order(payment_id, order_id)
        if payment.outcome not in (None, outcome):
            raise Conflict(f"The capture was settled as {payment.outcome} before.")
        data = {"outcome": outcome, "republish_at": None}
        self.machine.fire(payment, Trigger(T.SETTLED, "", str(outcome), data))
        return payment

    def republish(self, payment_id: int) -> None:
        """Publish a capture again that order-svc has not settled."""
        payment = self.lock(payment_id)
        if payment.republish_at is not None:
            correlation.use(payment.correlation_id)
            self.machine.fire(payment, Trigger(T.ACK_TIMEOUT))

    def fail_link(self, payment_id: int, reason: str) -> None:
        """Close a payment for which no link can be created."""
        payment = self.lock(payment_id)
        data: dict[str, Any] = {}
        if payment.state == PaymentState.CREATED:
            data = {"closing_reason": ClosingReason.FAILED, "reason": reason[:255]}
        self.machine.fire(payment, Trigger(T.LINK_FAILED, "", reason, data))

    def is_too_late(self, payment: Payment, now: datetime) -> bool:
        """Return whether the order is too old for a new link."""
        most = timedelta(minutes=self.machine.settings.give_up_minutes)
        return payment.placed_at is None or now - payment.placed_at > most

    def receive_callback(
        self, link_id: str, reference: str, razorpay_payment_id: str
    ) -> Payment | None:
        """Return the payment of a customer's callback, and make its poll due.

        Returns None unless both the link and the reference are the stored ones.
        """
        payment = self.machine.session.scalar(
            select(Payment).filter_by(
                razorpay_payment_link_id=link_id, receipt=reference
            )
        )
        if payment is None:
            return None
        same = select(Payment.id).filter_by(razorpay_payment_id=razorpay_payment_id)
        if self.machine.session.scalar(same) is None:
            leases.make_due(Payment, payment.id)
        return payment

    def _insert_once(
        self, trigger: PaymentTrigger, columns: dict[str, Any]
    ) -> tuple[Payment, bool]:
        """Return the order's PRIMARY payment, locked, and whether it is new."""
        order_id, user_id = columns["order_id"], columns["user_id"]
        return self.machine.insert_once(
            lambda: self.find_primary(order_id, user_id),
            Trigger(trigger, data=columns),
        )

    def find_primary(self, order_id: str, user_id: int | None) -> Payment | None:
        """Return the order's PRIMARY payment, locked, or None.

        Raises Conflict `customer_mismatch` for a payment of another customer.
        """
        found = self.machine.session.scalar(
            select(Payment)
            .filter_by(order_id=order_id, kind=PaymentKind.PRIMARY)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        customers = {found.user_id, user_id} if found else set()
        if len(customers - {None}) > 1:  # staff may leave the customer out
            raise Conflict(
                "The order has a payment of another customer.", code="customer_mismatch"
            )
        return found
