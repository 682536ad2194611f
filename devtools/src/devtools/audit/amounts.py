"""I09 and I10: sums and amounts of orders, payments, refunds and the provider."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from devtools.audit.books import Books, Found, is_replaced
from devtools.audit.money import paise, rupees
from order_svc.models import RefundState as OrderRefundState
from payment_svc.models import PaymentState, RefundState

ZERO = Decimal("0.00")


def refunds_too_large(books: Books) -> Found:
    """I09: refunds above their capture, duplicate refunds, wrong sums."""
    yield from _beyond_capture(books)
    yield from _twice(books)
    yield from _wrong_sums(books)


def _beyond_capture(books: Books) -> Found:
    captured = {row["id"]: row["amount"] for row in books.captures}
    refunded = Counter[str]()
    for row in books.provider_refunds:
        refunded[row["payment_id"]] += row["amount"]
    for capture, amount in refunded.items():
        limit = captured.get(capture, 0)
        if amount > limit:
            yield {
                "capture": capture,
                "captured": rupees(limit),
                "refunded by the provider": rupees(amount),
            }
    requested = _sums(books, lambda row: _counts(books, row))
    for row in books.payments:
        wanted = requested[row.id, row.razorpay_payment_id]
        if wanted > (row.captured_amount or ZERO):
            yield {
                "payment": row.id,
                "captured": str(row.captured_amount),
                "refunds requested": str(wanted),
            }


def _counts(books: Books, refund: Any) -> bool:
    """Return whether a refund counts against its capture.

    A refund that was made at Razorpay may exceed what refunds in progress leave. They
    are reduced before they are sent.
    """
    is_contested = refund.razorpay_payment_id in books.refunded_elsewhere
    if is_contested and not books.is_judged(refund.updated_at):
        return refund.state in (RefundState.PENDING, RefundState.PROCESSED)
    return bool(refund.state != RefundState.FAILED)


def _sums(books: Books, rule: Callable[[Any], bool]) -> dict[Any, Decimal]:
    """Add up payment-svc's refunds by payment and capture."""
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for row in filter(rule, books.refunds):
        found[row.payment_id, row.razorpay_payment_id] += row.amount
    return found


def _twice(books: Books) -> Found:
    keys: dict[str, Iterable[Any]] = {
        "receipt": (row["receipt"] for row in books.provider_refunds),
        "key": (row.key for row in books.refunds),
        "idempotency key": (row.idempotency_key for row in books.refunds),
        "provider's refund": (row.razorpay_refund_id for row in books.refunds),
        "payment, reason, n": (
            f"{row.payment_id}, {row.reason}, {row.n}" for row in books.order_refunds
        ),
        "payment-svc's refund": (row.refund_id for row in books.order_refunds),
    }
    for name, values in keys.items():
        for value, times in Counter(values).items():
            if times > 1 and value is not None:
                yield {"two refunds": f"{times} with one {name}", name: value}


def _wrong_sums(books: Books) -> Found:
    """Compare the refunded sums of orders and payments with their refunds."""
    own: dict[Any, Decimal] = defaultdict(Decimal)
    for row in books.order_refunds:
        if row.state == OrderRefundState.PROCESSED:
            own[row.order_id, row.payment_id] += row.amount
    for row in books.orders:
        total = own[row.id, row.payment_id]
        yield from _sum("order", row.id, row.refunded_amount, total)
    processed = _sums(books, lambda row: row.state == RefundState.PROCESSED)
    for row in books.payments:
        total = processed[row.id, row.razorpay_payment_id]
        yield from _sum("payment", row.id, row.amount_refunded, total)


def _sum(name: str, row_id: int, stored: Decimal, is_: Decimal) -> Found:
    if stored != is_:
        yield {name: row_id, "refunded": str(stored), "sum of refunds": str(is_)}


def amounts_that_differ(books: Books) -> Found:
    """I10: an amount that differs between order, payment, link or refund."""
    yield from _totals(books)
    yield from _payments(books)
    yield from _captures(books)
    yield from _refunds(books)


def _totals(books: Books) -> Found:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in books.order_items:
        sums[row.order_id] += row.price * row.quantity
        if row.quantity < 1 or row.price < 0:
            yield {
                "order": row.order_id,
                "product": row.product_id,
                "quantity": row.quantity,
                "price": str(row.price),
            }
    for row in books.orders:
        if row.total_price != sums[row.id]:
            yield {
                "order": row.id,
                "total": str(row.total_price),
                "sum of its lines": str(sums[row.id]),
            }


def _payments(books: Books) -> Found:
    """Compare each payment with its order, and its link with both."""
    links = {row["id"]: row for row in books.links}
    for row in books.payments:
        wanted = f"{row.amount} {row.currency}"
        order = books.order.get(int(row.order_id))
        # An order has no price until its stock is reserved; a rejected order has none.
        if order is not None and order.total_price and not is_replaced(row):
            total = f"{order.total_price} {order.currency}"
            yield from _differ(row, "order", total, "payment", wanted)
        link = links.get(row.razorpay_payment_link_id)
        if link is not None:
            asked = f"{rupees(link['amount'])} {link['currency']}"
            yield from _differ(row, "payment", wanted, "link", asked)


def _captures(books: Books) -> Found:
    """Compare each capture with the requested amount, unless it is under review."""
    seen = {row["id"]: row for row in books.captures}
    for row in books.payments:
        came = f"{row.captured_amount} {row.captured_currency}"
        if row.state == PaymentState.CAPTURED and not row.is_accepted:
            wanted = f"{row.amount} {row.currency}"
            yield from _differ(row, "payment", wanted, "capture", came)
        capture = seen.get(row.razorpay_payment_id)
        if capture is not None:
            paid = f"{rupees(capture['amount'])} {capture['currency']}"
            yield from _differ(row, "capture", came, "provider", paid)
        order = books.order.get(int(row.order_id))
        if order is not None and order.payment_id == row.id:
            known = f"{order.captured_amount} {order.currency}"
            yield from _differ(row, "order's capture", known, "capture", came)


def _refunds(books: Books) -> Found:
    ours = {row.id: row for row in books.refunds}
    made = {row["id"]: row for row in books.provider_refunds}
    for row in books.order_refunds:
        refund = ours.get(row.refund_id)
        if refund is not None and row.state == OrderRefundState.PROCESSED:
            pair = ("order's refund", str(row.amount), "refund", str(refund.amount))
            yield from _differ(books.payment.get(refund.payment_id), *pair)
    for refund in books.refunds:
        done = made.get(refund.razorpay_refund_id)
        if done is not None and paise(refund.amount) != done["amount"]:
            pair = ("refund", str(refund.amount), "provider", rupees(done["amount"]))
            yield from _differ(books.payment.get(refund.payment_id), *pair)


def _differ(payment: Any, one: str, first: str, other: str, second: str) -> Found:
    if first != second:
        yield {
            "order": payment.order_id if payment else None,
            "payment": payment.id if payment else None,
            one: first,
            other: second,
        }
