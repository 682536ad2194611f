"""The error response of a rejected order."""

from typing import Any

from chassis.errors import Conflict, Problem, Unprocessable
from chassis.outcomes import Refused
from order_svc.models import Order, OrderState

GONE = "reservation_gone"
GONE_SENTENCE = "The stock could not be reserved; order again."
KINDS: dict[str, type[Problem]] = {
    "unknown_product": Unprocessable,
    "total_out_of_range": Unprocessable,
}


def refusal(answer: Refused) -> dict[str, Any]:
    """Return the stored part of product-svc's problem: code, detail, lines or ids.

    product-svc answers 410 to a repeated request if its first refusal was lost.
    """
    data = answer.data
    known = {name: data[name] for name in ("items", "product_ids") if name in data}
    if not known:
        return {"code": GONE, "detail": GONE_SENTENCE}
    detail = str(data.get("detail", GONE_SENTENCE))[:500]
    return {"code": str(data.get("code", GONE)), "detail": detail, **known}


def check_refused(order: Order) -> None:
    """Raise the error for a rejected order."""
    if order.state != OrderState.REJECTED:
        return
    kept = dict(order.refusal or {"code": GONE, "detail": GONE_SENTENCE})
    code, detail = kept.pop("code"), kept.pop("detail")
    kind = KINDS.get(code, Conflict)
    if kind is Unprocessable:
        kept["errors"] = {"items": [detail]}
    raise kind(detail, code=code, **kept)
