"""I06 to I08: the provider's ledger compared with orders and payments."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from devtools.audit.books import Books, Found, moment_of
from order_svc.models import OrderState
from payment_svc.models import PaymentState, RefundState

HOLDS_MONEY = (PaymentState.CAPTURED, PaymentState.UNDER_REVIEW)


def money_without_order(books: Books) -> Found:
    """I06: the amount that the provider keeps for an order, compared with its price."""
    kept = _kept(books)
    for row in books.orders:
        worth = _worth(books, row)
        is_open = row.id in books.waits_for_person or not books.is_at_rest(row.id)
        if kept[row.id] != worth and not is_open:
            yield {
                "order": row.id,
                "state": str(row.state),
                "kept by the provider": rupees(kept[row.id]),
                "should be": rupees(worth),
            }


def _kept(books: Books) -> Counter[int | None]:
    """Return captures less refunds in paise, by order id."""
    found: Counter[int | None] = Counter()
    owner = {row["id"]: books.order_of_capture(row) for row in books.captures}
    for row in books.captures:
        found[owner[row["id"]]] += row["amount"]
    for row in books.provider_refunds:
        if row["status"] == "processed":
            found[owner.get(row["payment_id"])] -= row["amount"]
    return found


def _worth(books: Books, order: Any) -> int:
    """Return the amount that the provider should keep for an order, in paise."""
    if order.state != OrderState.CONFIRMED:
        return 0
    payment = books.payment.get(order.payment_id)
    # An admin may have accepted a capture of another amount; then that amount counts.
    price = order.total_price
    if payment is not None and payment.is_accepted:
        price = payment.captured_amount
    return paise(price - order.refunded_amount)


def money_unknown(books: Books) -> Found:
    """I07: captures and refunds that only the provider or only payment-svc has."""
    yield from _captures(books)
    yield from _refunds(books)


def _captures(books: Books) -> Found:
    seen = {row["id"] for row in books.captures}
    for row in books.captures:
        is_known = row["id"] in books.payment_of_capture
        if not is_known and books.is_judged(moment_of(row)):
            order_id = books.order_of_capture(row)
            yield {"unknown capture": row["id"], "order": order_id, **_amount(row)}
    for row in books.payments:
        is_seen = row.razorpay_payment_id in seen or row.state not in HOLDS_MONEY
        if not is_seen and books.is_judged(row.state_since):
            yield {
                "payment": row.id,
                "order": row.order_id,
                "state": str(row.state),
                "no such capture": row.razorpay_payment_id,
            }


def _refunds(books: Books) -> Found:
    # Without a None: a refund of ours that was refused has no id at the provider, and
    # a refund from the provider's dashboard has no receipt.
    ours = {row.idempotency_key for row in books.refunds}
    ours |= {row.razorpay_refund_id for row in books.refunds} - {None}
    done = {row["id"] for row in books.provider_refunds if row["status"] == "processed"}
    for row in books.provider_refunds:
        is_known = row["id"] in ours or row["receipt"] in ours
        if not is_known and books.is_judged(moment_of(row)):
            yield {"unknown refund": row["id"], "of": row["payment_id"], **_amount(row)}
    for row in books.refunds:
        is_done = row.razorpay_refund_id in done or row.state != RefundState.PROCESSED
        if not is_done and books.is_judged(row.updated_at):
            yield {"refund": row.id, "no such refund": row.razorpay_refund_id}


def links_too_many(books: Books) -> Found:
    """I08: links that can be paid after the order's end, or two for one order."""
    payable = defaultdict(list)
    for link in books.links:
        order_id = books.order_of_link.get(link["id"])
        if link["payable"] and order_id is not None and books.is_at_rest(order_id):
            payable[order_id].append(link["id"])
    for order_id, links in payable.items():
        if len(links) > 1 or books.is_finished(order_id):
            row = books.order.get(order_id)
            state = str(row.state) if row else "there is none"
            yield {"order": order_id, "state": state, "payable": ", ".join(links)}


def paise(amount: Decimal | None) -> int:
    """Return an amount of the services in the provider's unit; nothing is 0."""
    return int((amount or Decimal(0)) * 100)


def rupees(amount: int) -> str:
    """Return paise as a readable amount."""
    return f"{Decimal(amount) / 100:.2f}"


def _amount(row: dict[str, Any]) -> dict[str, str]:
    return {"amount": f"{rupees(row['amount'])} {row['currency']}"}
