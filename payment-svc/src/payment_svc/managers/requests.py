"""What is asked for: a link, or its end; one PRIMARY payment for each order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis.errors import Conflict
from payment_svc.managers.payment_moves import PaymentMoves
from payment_svc.models import (
    ClosingReason,
    Payment,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
)

T = PaymentTrigger
OPEN = (PaymentState.CREATED, PaymentState.ISSUED, PaymentState.CLOSING)
OVER = (PaymentState.CLOSED, PaymentState.CAPTURED)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A payment that is asked for; `customer` has a name, an email, perhaps a phone."""

    order_id: int
    amount: Decimal
    currency: str
    user_id: int | None
    customer: Mapping[str, str | None]
    placed_at: datetime

    def fields(self) -> dict[str, Any]:
        """Return the columns of the payment's row."""
        return {
            "amount": self.amount,
            "currency": self.currency,
            "user_id": self.user_id,
            "customer_name": self.customer["name"] or "",
            "customer_email": self.customer["email"] or "",
            "customer_phone": self.customer.get("phone"),
            "placed_at": self.placed_at,
        }


class Requests(PaymentMoves):
    """Payments asked for, closed and cancelled, in whatever order that is heard."""

    def find_primary(self, order_id: int) -> Payment | None:
        """Return the order's own payment, locked, if there is one."""
        found = self.session.scalar(
            select(Payment.id).filter_by(
                order_id=str(order_id), kind=PaymentKind.PRIMARY
            )
        )
        return self.lock(found) if found is not None else None

    def request(self, asked: Asked) -> Payment:
        """Ask for a payment link; an order that has a payment gets its state said.

        Raises Conflict `amount_mismatch` when that is of another amount, and
        `customer_mismatch` when it is another customer's.
        """
        payment, is_new = self._ask(asked)
        if not is_new:
            self.become(payment, T.REQUESTED)
        return payment

    def open(self, asked: Asked) -> tuple[Payment, bool]:
        """Return the payment that an order can be paid with, and whether it is new.

        Raises Conflict: as `request`, and `payment_over` when nothing can be paid.
        """
        payment, is_new = self._ask(asked)
        if payment.state in OVER:
            raise Conflict("The order's payment is over.", code="payment_over")
        return payment, is_new

    def _ask(self, asked: Asked) -> tuple[Payment, bool]:
        payment, is_new = self._enter_once(asked.order_id, T.REQUESTED, asked.fields())
        if (payment.amount, payment.currency) != (asked.amount, asked.currency):
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
        """Ask for the end of an order's link; an unknown order gets a tombstone.

        A tombstone is final: the request that comes later makes no link. Raises
        Conflict `customer_mismatch` when the payment is another customer's.
        """
        fields = {
            "amount": amount,
            "currency": currency,
            "user_id": user_id,
            "closing_reason": reason,
        }
        payment, is_new = self._enter_once(order_id, T.CLOSE_REQUESTED, fields)
        if not is_new:
            self._close(payment, reason)
        return payment

    def cancel(self, payment: Payment) -> None:
        """Close a payment's link, for staff; raises Conflict once money has come."""
        locked = self.lock(payment.id)
        if locked.state == PaymentState.CAPTURED:
            raise Conflict("It is paid: refund it.", code="already_paid")
        if locked.state == PaymentState.SUSPECT:
            raise Conflict("It is suspect: an admin resolves it.", code="suspect")
        if locked.state != PaymentState.CLOSED:
            self._close(locked, ClosingReason.CANCELLED)

    def _close(self, payment: Payment, reason: ClosingReason) -> None:
        why = {"closing_reason": reason} if payment.state in OPEN else {}
        self.become(payment, T.CLOSE_REQUESTED, str(reason), **why)

    def _enter_once(
        self, order_id: int, trigger: PaymentTrigger, fields: dict[str, Any]
    ) -> tuple[Payment, bool]:
        found = self._find_own(order_id, fields["user_id"])
        if found is not None:
            return found, False
        try:
            with self.session.begin_nested():
                made = self.enter(trigger, order_id=str(order_id), **fields)
        except IntegrityError:  # a twin was faster
            twin = self._find_own(order_id, fields["user_id"])
            assert twin is not None
            return twin, False
        return made, True

    def _find_own(self, order_id: int, user_id: int | None) -> Payment | None:
        found = self.find_primary(order_id)
        known = {found.user_id, user_id} if found else set()
        if len(known - {None}) > 1:  # staff need not name the customer
            raise Conflict(
                "The order has a payment of another customer.", code="customer_mismatch"
            )
        return found
