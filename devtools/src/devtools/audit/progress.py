"""I11: nothing stays unfinished forever."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from devtools.audit.books import UNFINISHED, Books, Found
from order_svc.models import HistoryKind, StockCommandState
from order_svc.models import RefundState as OrderRefundState
from payment_svc.models import PaymentState, RefundReason, RefundState

OPEN = (PaymentState.CREATED, PaymentState.ISSUED, PaymentState.CLOSING)
ENDED = (RefundState.PROCESSED, RefundState.FAILED)
Stuck = Iterable[tuple[str, Any, int | None, str, datetime]]  # what, id, order, how


def stuck(books: Books) -> Found:
    """I11: what is unfinished for too long and does not wait for staff."""
    for kind in (_orders, _commands, _payments, _refunds, _webhooks, _disputes):
        for name, row_id, order_id, state, since in kind(books):
            waits = order_id is not None and order_id in books.waits_for_person
            if _is_old(books, since) and not waits:
                yield {
                    name: row_id,
                    "order": order_id,
                    "state": state,
                    "since": f"{since:%Y-%m-%d %H:%M:%S}",
                }


def _is_old(books: Books, since: datetime) -> bool:
    # With a slack of 0, clocks that differ are not tolerated either.
    return not books.slack or books.is_past(since)


def _orders(books: Books) -> Stuck:
    moved = {
        row.order_id: row.created_at
        for row in books.order_history
        if row.kind == HistoryKind.STATE
    }
    for row in books.orders:
        if row.state in UNFINISHED:
            since = moved.get(row.id, row.created_at)
            yield "order", row.id, row.id, str(row.state), since


def _commands(books: Books) -> Stuck:
    for row in books.stock_commands:
        if row.state == StockCommandState.PENDING:
            state = f"{row.kind} is pending at product-svc"
            yield "stock command", row.id, row.order_id, state, row.created_at
    for row in books.order_refunds:
        if row.state == OrderRefundState.REQUESTED:
            state = "requested, not answered"
            yield "order's refund", row.id, row.order_id, state, row.created_at


def _payments(books: Books) -> Stuck:
    for row in books.payments:
        is_unsettled = row.state == PaymentState.CAPTURED and row.outcome is None
        if row.state in OPEN or is_unsettled:
            state = f"{row.state}, not settled" if is_unsettled else str(row.state)
            yield "payment", row.id, int(row.order_id), state, row.state_since


def _refunds(books: Books) -> Stuck:
    for row in books.refunds:
        order_id = books.order_of_payment.get(row.payment_id)
        is_open = row.acknowledged_at is None and _is_published(books, row)
        if row.state not in ENDED:
            yield "refund", row.id, order_id, str(row.state), row.created_at
        elif is_open and row.state == RefundState.PROCESSED:
            state = "processed, not acknowledged by order-svc"
            yield "refund", row.id, order_id, state, row.created_at


def _is_published(books: Books, refund: Any) -> bool:
    """Return whether payment-svc republishes a refund until it is acknowledged.

    order-svc learns of no refund of a capture that is under review or rejected.
    """
    payment = books.payment.get(refund.payment_id)
    is_known = (
        payment is not None
        and payment.state == PaymentState.CAPTURED
        and payment.razorpay_payment_id == refund.razorpay_payment_id
    )
    is_found = refund.reason == RefundReason.PROVIDER and is_known
    return refund.reason == RefundReason.DIRECT or is_found


def _disputes(books: Books) -> Stuck:
    for row in books.disputes:
        if row.status is None and row.problem is None:
            yield "dispute", row.id, None, "not fetched", row.created_at


def _webhooks(books: Books) -> Stuck:
    for row in books.webhooks:
        if row.processed_at is None:
            state = f"{row.event} is not processed"
            yield "webhook", row.id, None, state, row.created_at
