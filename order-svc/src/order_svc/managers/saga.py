"""The saga's triggers: the participants' replies, and the deadlines.

product-svc replies to HTTP calls; payment-svc replies by messages.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.state_machine import Trigger
from order_svc.managers.disputes import describe
from order_svc.managers.machine import OrderMachine
from order_svc.managers.placing import MAX_TOTAL, MIN_TOTAL, total
from order_svc.managers.refund_rules import check_answer, is_last
from order_svc.managers.refunds import ZERO, Refunds
from order_svc.managers.review import is_hold_over
from order_svc.managers.triggers import (
    ORDER_SVC,
    PAYMENT_SVC,
    PRODUCT_SVC,
    Data,
    check_link,
    classify_capture,
    classify_reservation,
)
from order_svc.models import Order, OrderState, OrderTrigger, Prices

Classify = Callable[[Order], OrderTrigger]


class Saga:
    """Fires the saga's triggers; each method returns the changed order.

    Raises NotFound for an unknown order, Impossible for a trigger that cannot happen
    in the order's state, and Mismatch for a payment of another amount or currency.
    """

    def __init__(self, machine: OrderMachine, refunds: Refunds) -> None:
        self.machine = machine
        self.refunds = refunds

    def mark_reserved(self, order_id: int, prices: Prices) -> Order:
        """Record reserved stock, with `{product id: (name, price)}`."""
        order = self.machine.get(order_id)
        sum_ = total(order.lines, prices)
        refusal = {
            "code": "total_out_of_range",
            "detail": f"The total of {sum_} is not within {MIN_TOTAL} .. {MAX_TOTAL}.",
        }
        data = {"prices": prices, "total": sum_, "refusal": refusal}
        trigger = Trigger(OrderTrigger.RESERVED, PRODUCT_SVC, data=data)
        self.machine.fire(order, trigger, lambda o: classify_reservation(o, sum_))
        return order

    def reject(self, order_id: int, refusal: Mapping[str, Any]) -> Order:
        """Record a refused reservation; the client is answered with `refusal`."""
        data = {"refusal": refusal}
        return self._fire(
            order_id,
            Trigger(OrderTrigger.RESERVE_REFUSED, PRODUCT_SVC, refusal["code"], data),
        )

    def confirm(self, order_id: int) -> Order:
        """Record that the stock is committed: the customer owns the goods."""
        return self._fire(order_id, Trigger(OrderTrigger.COMMITTED, PRODUCT_SVC))

    def refuse_commit(self, order_id: int, reason: str) -> Order:
        """Record a refused commit: the payment is refunded."""
        trigger = Trigger(OrderTrigger.COMMIT_REFUSED, PRODUCT_SVC, reason)
        return self._end_unpaid(self._fire(order_id, trigger))

    def pass_deadline(self, order_id: int) -> Order:
        """Fire the deadline: reject or expire the order, or request the close again."""
        return self._fire(order_id, Trigger(OrderTrigger.DEADLINE, ORDER_SVC))

    def request_link_again(self, order_id: int) -> Order:
        """Request the payment link once more: the first message may have been lost."""
        return self._fire(order_id, Trigger(OrderTrigger.LINK_LATE, ORDER_SVC))

    def store_link(self, order_id: int, data: Data) -> Order:
        """Store the payment link `{short_url, expires_at, amount, currency, user_id}`.

        Raises Mismatch for a link of another amount or of another customer.
        """

        def classify(order: Order) -> OrderTrigger:
            check_link(order, data)
            return OrderTrigger.LINK_READY

        trigger = Trigger(OrderTrigger.LINK_READY, PAYMENT_SVC, data=data)
        return self._fire(order_id, trigger, classify)

    def mark_paid(self, order_id: int, data: Data) -> Order:
        """Record a capture `{payment_id, amount, currency, accepted?}`.

        `accepted`: an admin has accepted an amount that differs from the price.
        """

        def classify(order: Order) -> OrderTrigger:
            is_refunded = self.refunds.is_automatic(data["payment_id"])
            return classify_capture(order, data, is_refunded=is_refunded)

        trigger = Trigger(OrderTrigger.CAPTURED, PAYMENT_SVC, data=data)
        return self._end_unpaid(self._fire(order_id, trigger, classify))

    def _end_unpaid(self, order: Order) -> Order:
        """End an order whose payment of nothing is to be refunded."""
        if order.state == OrderState.REFUND_PENDING and not order.captured_amount:
            why = "nothing was paid"
            data = {"payment_id": order.payment_id, "amount": ZERO}
            self.machine.fire(
                order, Trigger(OrderTrigger.REFUND_COMPLETED, ORDER_SVC, why, data)
            )
        return order

    def mark_closed(
        self, order_id: int, reason: str, *, is_rejected: bool = False
    ) -> Order:
        """Record that the payment link is closed and cannot be paid any more.

        `is_rejected`: staff have rejected a payment under review and refund it.
        """
        name = OrderTrigger.REVIEW_REJECTED if is_rejected else OrderTrigger.CLOSED
        return self._fire(order_id, Trigger(name, PAYMENT_SVC, reason))

    def begin_review(self, order_id: int, data: Data) -> Order:
        """Record a payment under review `{payment_id, amount, currency, reason}`."""
        name, reason = OrderTrigger.UNDER_REVIEW, data["reason"]
        return self._fire(order_id, Trigger(name, PAYMENT_SVC, reason, data))

    def continue_review(self, order_id: int) -> Order:
        """Ask payment-svc for the result again; prolong the hold, or end it."""

        def classify(order: Order) -> OrderTrigger:
            is_over = is_hold_over(order)
            return OrderTrigger.HOLD_ENDED if is_over else OrderTrigger.REVIEW_LATE

        trigger = Trigger(OrderTrigger.REVIEW_LATE, ORDER_SVC)
        return self._fire(order_id, trigger, classify)

    def record_refund(self, order_id: int, data: Data) -> Order:
        """Record a processed refund `{payment_id, refund_id, amount, reason, n}`."""

        def classify(order: Order) -> OrderTrigger:
            check_answer(self.refunds, order, data)
            if is_last(self.refunds, order, data):
                return OrderTrigger.REFUND_COMPLETED
            return OrderTrigger.REFUND_PROCESSED

        name, reason = OrderTrigger.REFUND_PROCESSED, data["reason"]
        return self._fire(order_id, Trigger(name, PAYMENT_SVC, reason, data), classify)

    def fail_refund(self, order_id: int, data: Data) -> Order:
        """Record a failed refund: staff decide what follows."""

        def classify(order: Order) -> OrderTrigger:
            check_answer(self.refunds, order, data)
            return OrderTrigger.REFUND_FAILED

        name = OrderTrigger.REFUND_FAILED
        reason = ": ".join(filter(None, (data["reason"], data.get("detail"))))
        return self._fire(order_id, Trigger(name, PAYMENT_SVC, reason, data), classify)

    def record_dispute(self, order_id: int, data: Data) -> Order:
        """Record a dispute `{dispute_id, version, phase, status, amount, ...}`."""
        trigger = Trigger(OrderTrigger.DISPUTED, PAYMENT_SVC, describe(data), data)
        return self._fire(order_id, trigger)

    def request_refund_again(self, refund_id: int) -> None:
        """Publish a refund request again that payment-svc has not answered."""
        self.refunds.request_again(refund_id)

    def _fire(
        self, order_id: int, trigger: Trigger, classify: Classify | None = None
    ) -> Order:
        order = self.machine.get(order_id)
        self.machine.fire(order, trigger, classify)
        return order
