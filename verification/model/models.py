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
# What each world of money may hold; small numbers, since every combination is tried.
BOUNDS = {
    "second-payment": Bounds(
        (Order.PLACED, Order.AWAITING_PAYMENT, Order.CANCELLED),
        extra=True,
        staff=1,
    ),
    "second-fails": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLED), extra=True, failures=1
    ),
    "suspect-payments": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLED), extra=True, wrong=True
    ),
    "refunds": Bounds((Order.AWAITING_PAYMENT, Order.CANCELLING), staff=3, failures=2),
    "direct-refunds": Bounds(
        (Order.AWAITING_PAYMENT, Order.CANCELLING), staff=1, direct=2, failures=2
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
    """Make a model that plays by the rules."""
    return MODELS[name](rules, loss=loss)


ABOUT = {
    "checkout": "one order, one unit of stock and a rival for it, one link: from the "
    "basket to the end, with a suspect capture, and with one refund of all by staff",
    "second-payment": "the link is paid twice; the second capture is an EXTRA row, "
    "met by the order in any state after the first; staff refund the own one",
    "second-fails": "the same, and a refund that Razorpay fails: staff post the rest, "
    "or refund an EXTRA from payment-svc",
    "suspect-payments": "the same, and either payment may be of another amount: an "
    "admin accepts it or sends it back",
    "refunds": "three staff refunds, in parts or of the rest, and two that are failed",
    "direct-refunds": "one staff refund and two begun at payment-svc, in parts or of "
    "the rest; two that are failed, and those that are refused as too much",
    "returns": "two staff refunds with goods that come back in parts",
    "bank": "one refund, and all that Razorpay may answer, late or never",
    "quarantine": "a message that its reader refuses, cannot read, or fails at ten "
    "times: parked or a dead letter, then tried again, redriven or dropped by a person",
}
