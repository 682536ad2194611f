"""Rules of refunds: what staff may refund and restock, and payment-svc's answers."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from chassis.errors import Conflict, Forbidden, Unprocessable
from order_svc.managers.placing import MIN_TOTAL
from order_svc.managers.refunds import Refunds
from order_svc.managers.stock_commands import restocked
from order_svc.managers.triggers import Data
from order_svc.models import Order, RefundState


def check_amount(
    refunds: Refunds, order: Order, amount: Decimal | None, limit: Decimal | None
) -> bool:
    """Check the amount of a refund; return whether it is all that remains.

    Without an amount the refund is all that remains. `limit` is the maximum of the sum
    of an order's refunds by staff; None means no limit. Raises Conflict
    (`refund_too_large`), Unprocessable for an amount that Razorpay would refuse, and
    Forbidden above the limit.
    """
    remaining = refunds.remaining(order)
    wanted = remaining if amount is None else amount
    if not 0 < wanted <= remaining:
        raise Conflict(
            f"No more than {remaining} can be refunded.", code="refund_too_large"
        )
    if wanted < MIN_TOTAL and wanted != remaining:
        sentence = f"Less than {MIN_TOTAL} can be refunded only when no more remains."
        raise Unprocessable(sentence, errors={"amount": [sentence]})
    if limit is not None and refunds.staff_total(order) + wanted > limit:
        raise Forbidden(f"Only an admin may refund more than {limit} of one order.")
    return wanted == remaining


def check_restock(
    session: Session, refunds: Refunds, order: Order, items: Mapping[int, int]
) -> None:
    """Raise for goods that this order did not sell or that were restocked already.

    Raises Unprocessable for products that are not in the order, and Conflict
    (`not_committed`, `restock_too_large`).
    """
    if not items:
        return
    unknown = sorted(items.keys() - order.lines.keys())
    if unknown:
        raise Unprocessable(
            f"Not in this order: {', '.join(map(str, unknown))}.",
            errors={"items": [f"Product {p} is not in this order." for p in unknown]},
        )
    if refunds.is_automatic(order.payment_id):  # the commit was refused
        raise Conflict(
            "This order was never committed, so nothing can be restocked.",
            code="not_committed",
        )
    before = restocked(session, order.id)
    for product_id, quantity in items.items():
        if before[product_id] + quantity > order.lines[product_id]:
            raise Conflict(
                f"More of product {product_id} would be restocked than was sold.",
                code="restock_too_large",
            )


def check_answer(refunds: Refunds, order: Order, data: Data) -> None:
    """Raise Conflict for an answer whose `refund_id` belongs to another refund."""
    known, refund = refunds.find_answered(data["refund_id"]), refunds.find(data)
    is_other = known is not None and known is not refund
    if is_other or (refund is not None and refund.order_id != order.id):
        raise Conflict(f"Refund {data['refund_id']} is recorded as another refund.")


def is_last(refunds: Refunds, order: Order, data: Data) -> bool:
    """Return whether a processed refund is the last of the order's own payment."""
    if data["payment_id"] != order.payment_id or order.captured_amount is None:
        return False
    refund, before = refunds.find(data), refunds.processed(order)
    if refund is not None and refund.state == RefundState.PROCESSED:
        return before >= order.captured_amount
    return bool(before + data["amount"] >= order.captured_amount)
