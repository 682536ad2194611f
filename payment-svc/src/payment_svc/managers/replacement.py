"""Replacement of a payment that was requested before its order, with other facts.

Staff and integrators may request a payment for an order that does not exist yet. When
order-svc requests the payment of that order, its amount and its customer are used.
"""

from sqlalchemy import select

from chassis import logging
from chassis.state_machine import Trigger
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.payment_request import PaymentRequest
from payment_svc.models import (
    ClosingReason,
    Payment,
    PaymentHistory,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
)

PAID = (PaymentState.CAPTURED, PaymentState.UNDER_REVIEW)
REASON = "replaced by the order's own payment"


def replace_early(machine: PaymentMachine, request: PaymentRequest) -> None:
    """Close an order's payment that does not fit and that order-svc never requested.

    The payment becomes an EXTRA of itself, so that it is polled until its link is
    closed. A payment that was paid is not replaced: a person decides about it.
    """
    found = machine.session.scalar(
        select(Payment)
        .filter_by(order_id=str(request.order_id), kind=PaymentKind.PRIMARY)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.state in PAID or _fits(found, request):
        return
    if _is_known(machine, found):
        return
    found.kind, found.extra_of = PaymentKind.EXTRA, found.id
    data = {"closing_reason": ClosingReason.CANCELLED}
    machine.fire(found, Trigger(PaymentTrigger.CLOSE_REQUESTED, "", REASON, data))
    logging.get().warning("early payment replaced", payment_id=found.id)


def _fits(payment: Payment, request: PaymentRequest) -> bool:
    """Return whether a payment has the order's amount and no other customer."""
    is_theirs = payment.user_id in (None, request.user_id)
    ours = (payment.amount, payment.currency)
    return is_theirs and ours == (request.amount, request.currency)


def _is_known(machine: PaymentMachine, payment: Payment) -> bool:
    """Return whether this actor has requested or closed the payment before."""
    rows = select(PaymentHistory.id).filter_by(
        payment_id=payment.id, actor=machine.actor
    )
    return machine.session.scalar(rows.limit(1)) is not None
