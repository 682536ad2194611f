"""The next step of a due payment."""

from collections.abc import Callable

from chassis.failpoints import failpoint
from payment_svc.models import Payment, PaymentState
from payment_svc.steps.context import Context
from payment_svc.steps.links import close_link, create_link
from payment_svc.steps.reconciliation import poll, read_payment

# Payments in all other states are polled.
STEPS: dict[str, Callable[[Context, Payment], object]] = {
    PaymentState.CREATED: create_link,
    PaymentState.CLOSING: close_link,
}


def check_payment(payment_id: int) -> None:
    """Run the next step of a leased payment."""
    failpoint("payment.leased")
    work = Context()
    payment = read_payment(work, payment_id)
    STEPS.get(payment.state, poll)(work, payment)
    failpoint("payment.checked")


def republish_capture(payment_id: int) -> None:
    """Publish a capture again that order-svc has not settled."""
    work = Context()
    work.payments.republish(payment_id)
    failpoint("payment.republished")
    work.session.commit()
