"""The saga's steps: a transaction, an outside call, a transaction."""

from collections.abc import Callable

from payment_svc.managers.payment_moves import PAYMENTS
from payment_svc.managers.refund_moves import REFUNDS
from payment_svc.models import PaymentState
from payment_svc.steps.due import work_off
from payment_svc.steps.links import close_link, create_link
from payment_svc.steps.polls import apply_provider_state, poll, read_payment
from payment_svc.steps.refunds import move_refund

# What a payment needs when its time has come; all other states are only looked at.
STEPS: dict[str, Callable[[int], object]] = {
    PaymentState.CREATED: create_link,
    PaymentState.CLOSING: close_link,
}


def check_payment(payment_id: int) -> None:
    """Do what a due payment needs in its state."""
    state = read_payment(payment_id).state
    STEPS.get(state, poll)(payment_id)


def check_payments() -> int:
    """Do what every due payment needs; return how many there were."""
    return work_off(PAYMENTS, check_payment)


def check_refunds() -> int:
    """Do what every due refund needs; return how many there were."""
    return work_off(REFUNDS, move_refund)


__all__ = [
    "apply_provider_state",
    "check_payment",
    "check_payments",
    "check_refunds",
    "close_link",
    "create_link",
    "move_refund",
    "poll",
]
