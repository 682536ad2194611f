"""The effects of the order's transitions, by their names in the table."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from chassis import logging
from chassis.state_machine import Trigger
from order_svc.managers import review
from order_svc.managers.disputes import record_dispute
from order_svc.managers.refunds import Refunds
from order_svc.managers.stock_commands import add_stock_command
from order_svc.models import (
    Effect,
    Order,
    PaymentStatus,
    RefundReason,
    StockCommandKind,
)

Run = Callable[[Order, Trigger], None]
PAYMENT_STATUSES = {
    "expired": PaymentStatus.EXPIRED,
    "cancelled": PaymentStatus.CANCELLED,
}
REFUNDS = {
    Effect.REFUND_CANCELLED: RefundReason.CANCELLED,
    Effect.REFUND_REJECTED: RefundReason.REJECTED,
    Effect.REFUND_STOCK_GONE: RefundReason.STOCK_GONE,
    Effect.REFUND_DUPLICATE: RefundReason.DUPLICATE,
}
COMPENSATIONS = {
    Effect.RELEASE: StockCommandKind.RELEASE,
    Effect.RELEASE_FINAL: StockCommandKind.RELEASE_FINAL,
}


def effects(session: Session, refunds: Refunds) -> Mapping[StrEnum, Run]:
    """Return each effect's function; it runs in the transition's transaction."""
    return {
        Effect.SET_PRICES: _set_prices,
        Effect.STORE_REFUSAL: _store_refusal,
        Effect.AWAIT_PAYMENT: _await_payment,
        Effect.STORE_LINK: _store_link,
        Effect.CLOSE_PAYMENT: _close_payment,
        Effect.BEGIN_REVIEW: lambda order, trigger: review.begin_review(
            order, trigger, refunds.times
        ),
        Effect.END_REVIEW: review.end_review,
        Effect.END_HOLD: review.end_hold,
        Effect.PROLONG: lambda order, _: review.prolong(session, order),
        Effect.TAKE_PAYMENT: _take_payment(refunds),
        **{name: _refund(refunds, reason) for name, reason in REFUNDS.items()},
        Effect.REQUEST_REFUND: _request_refund(session, refunds),
        Effect.RECORD_REFUND: lambda order, trigger: refunds.record(
            order, trigger.data
        ),
        Effect.FAIL_REFUND: lambda order, trigger: refunds.fail(order, trigger.data),
        **{name: _command(session, kind) for name, kind in COMPENSATIONS.items()},
        Effect.ALERT: _alert,
        Effect.RECORD_DISPUTE: lambda order, trigger: record_dispute(
            session, order, trigger.data
        ),
    }


def _set_prices(order: Order, trigger: Trigger) -> None:
    for item in order.items:
        item.product_name, item.price = trigger.data["prices"][item.product_id]
    order.total_price = trigger.data["total"]


def _store_refusal(order: Order, trigger: Trigger) -> None:
    order.refusal = dict(trigger.data["refusal"])


def _await_payment(order: Order, _: Trigger) -> None:
    order.payment_status = PaymentStatus.PENDING


def _store_link(order: Order, trigger: Trigger) -> None:
    order.short_url = trigger.data["short_url"]
    order.link_expires_at = trigger.data["expires_at"]


def _close_payment(order: Order, trigger: Trigger) -> None:
    order.payment_status = PAYMENT_STATUSES.get(trigger.reason, PaymentStatus.FAILED)
    order.short_url = None


def _take_payment(refunds: Refunds) -> Run:
    def run(order: Order, trigger: Trigger) -> None:
        order.payment_id = trigger.data["payment_id"]
        order.captured_amount = trigger.data["amount"]
        order.payment_status = PaymentStatus.COMPLETED
        order.short_url = None
        review.end_review(order, trigger)
        refunds.update_totals(order)

    return run


def _refund(refunds: Refunds, reason: RefundReason) -> Run:
    """Refund all of the payment that the trigger names, or else the order's own.

    Of an accepted offer of the whole price nothing was paid, and nothing is refunded.
    """

    def run(order: Order, trigger: Trigger) -> None:
        payment_id = trigger.data.get("payment_id", order.payment_id)
        amount = trigger.data.get("amount", order.captured_amount)
        if amount:
            refunds.request(order, payment_id=payment_id, amount=amount, reason=reason)

    return run


def _request_refund(session: Session, refunds: Refunds) -> Run:
    def run(order: Order, trigger: Trigger) -> None:
        refund = refunds.request_by_staff(order, trigger.data)
        if refund.items:
            add_stock_command(
                session,
                order.id,
                StockCommandKind.RESTOCK,
                return_id=f"refund-{refund.n}",
                items=refund.items,
            )

    return run


def _command(session: Session, kind: StockCommandKind) -> Run:
    return lambda order, _: add_stock_command(session, order.id, kind)


def _alert(order: Order, trigger: Trigger) -> None:
    data = {key: str(value) for key, value in trigger.data.items()}
    logging.get().error(
        "order needs review",
        trigger=str(trigger.name),
        alert=True,
        **{**data, "order_id": order.id},
    )
