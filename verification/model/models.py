"""All models, by name."""

from collections.abc import Callable

from order_svc.models import OrderState
from verification.model.bank import Bank
from verification.model.base import Model
from verification.model.checkout.world import Checkout
from verification.model.money.state import Bounds
from verification.model.money.world import Money
from verification.model.quarantine.world import Quarantine
from verification.model.rules import Rules

Order = OrderState
# The bounds of each money model; small, because every combination is explored.
BOUNDS = {
    "second-payment": Bounds(
        (Order.PLACED, Order.AWAITING_PAYMENT, Order.CANCELLED),
        extra=True,
        staff=1,
    ),
    "second-fails": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLED), extra=True, failures=1
    ),
    "under-review": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLED), extra=True, mismatched=True
    ),
    "refunds": Bounds((Order.AWAITING_PAYMENT, Order.CANCELLING), staff=3, failures=2),
    "direct-refunds": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLING), staff=1, direct=2, failures=2
    ),
    "refunds-elsewhere": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLING), staff=1, elsewhere=1
    ),
    "fails-elsewhere": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLING),
        staff=1,
        elsewhere=1,
        failures=1,
        pending=True,
    ),
    "disputes": Bounds(
        (Order.PLACED, Order.AWAITING_PAYMENT, Order.CANCELLING, Order.CANCELLED),
        staff=1,
        direct=1,
        disputes=1,
    ),
    "refund-limit": Bounds(
        (Order.AWAITING_PAYMENT,), extra=True, staff=1, direct=1, failures=1, limit=1
    ),
    "returns": Bounds((Order.AWAITING_PAYMENT,), staff=2, failures=1, returns=(0, 2)),
}


def _money(name: str) -> Callable[..., Model]:
    return lambda rules, loss=False: Money(rules, name, BOUNDS[name], loss=loss)


MODELS: dict[str, Callable[..., Model]] = {
    "checkout": Checkout,
    **{name: _money(name) for name in BOUNDS},
    "bank": Bank,
    "quarantine": Quarantine,
}


def build(name: str, rules: Rules, *, loss: bool = False) -> Model:
    """Create a model that follows these rules."""
    return MODELS[name](rules, loss=loss)


ABOUT = {
    "checkout": "one order, a rival order for its one unit of stock, one link: from "
    "the request to the end, with a capture under review and one full refund by staff",
    "second-payment": "the link is paid twice; the second capture is an EXTRA row, "
    "which the order may receive in any later state; staff refund the first one",
    "second-fails": "like second-payment, with a refund that Razorpay fails: staff "
    "refund the rest, or refund an EXTRA capture from payment-svc",
    "under-review": "like second-payment, with payments of another amount: an "
    "admin accepts or rejects them",
    "refunds": "three staff refunds, partial or of the rest, and two that fail",
    "direct-refunds": "one staff refund and two from payment-svc, partial or of the "
    "rest; two that fail, and those that are refused because they are too large",
    "refunds-elsewhere": "a refund that is made at Razorpay at any moment, also "
    "between a query and a call, and one staff refund, partial or of the rest",
    "fails-elsewhere": "like refunds-elsewhere, but the refund made at Razorpay waits "
    "for the bank, which may fail it after ours was reduced to what it left: staff "
    "refund the rest",
    "disputes": "one staff refund and one from payment-svc, while the customer's bank "
    "disputes the payment: refunds wait until the dispute ends or an admin decides",
    "refund-limit": "one staff refund and one from payment-svc, of two captures, by "
    "staff who may refund half of one capture; an admin refunds more",
    "returns": "two staff refunds with partial returns of goods",
    "bank": "one refund with every answer of Razorpay, late or lost",
    "quarantine": "a message that its consumer refuses, cannot parse, or fails ten "
    "times: it is quarantined or a dead letter; staff retry, redrive or drop it",
}
