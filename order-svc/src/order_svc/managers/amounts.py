"""How much staff may return of an order."""

from decimal import Decimal

from chassis.errors import Conflict, Forbidden, Unprocessable
from order_svc.managers.placing import LEAST
from order_svc.managers.refunds import Refunds
from order_svc.models import Order


def amount_to_return(
    refunds: Refunds, order: Order, amount: Decimal | None, limit: Decimal | None
) -> Decimal:
    """Return the amount, all that is left unless said, if it may go back.

    `limit` bounds all that staff return of one order, so that parts do not pass where
    the whole does not; None: no limit. Raises Conflict (`refund_too_large`),
    Unprocessable for a part that Razorpay would refuse, Forbidden above the limit.
    """
    rest = refunds.rest(order)
    wanted = rest if amount is None else amount
    if not 0 < wanted <= rest:
        raise Conflict(f"There are {rest} left to return.", code="refund_too_large")
    if wanted < LEAST and wanted != rest:
        sentence = (
            f"Less than {LEAST} can only be returned when it is all that is left."
        )
        raise Unprocessable(sentence, errors={"amount": [sentence]})
    if limit is not None and refunds.asked_by_staff(order) + wanted > limit:
        raise Forbidden(f"More than {limit} of an order is returned by an admin alone.")
    return wanted
