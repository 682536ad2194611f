"""The saga's steps, each a transaction, an outside call, a transaction."""

from order_svc.steps.checkout import admit, place, reserve
from order_svc.steps.context import due, manager, settings
from order_svc.steps.follow_up import ask_refund_again, check_order, pay_debt
from order_svc.steps.refusals import check_refused

__all__ = [
    "admit",
    "ask_refund_again",
    "check_order",
    "check_refused",
    "due",
    "manager",
    "pay_debt",
    "place",
    "reserve",
    "settings",
]
