"""What customers do with a link: pay it in unusual ways, fail, or let it expire."""

from typing import Any

from flask import Blueprint, Response

from razorpay_sandbox import differences, links, payments
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.control import common
from razorpay_sandbox.control.common import ControlError, get, read_options
from razorpay_sandbox.control.ledger import link_entity, payment_entity
from razorpay_sandbox.errors import answer
from razorpay_sandbox.models import Link

blp = Blueprint("control_links", __name__, url_prefix="/control/links")
FLAGS = ("late", "again", "capture")
ERROR_FIELDS = ("code", "description", "source", "step", "reason")


@blp.post("/<link_id>/expire/")
def expire(link_id: str) -> Response:
    """Expire one open link now and send its webhook."""
    with sandbox().work() as work:
        link = get(work, Link, link_id)
        if not link.payable:
            raise ControlError(
                f"The link is {link.status}; only an open link can expire."
            )
        links.expire(work, link)
        return answer(link_entity(work, link))


@blp.post("/<link_id>/pay/")
def pay(link_id: str) -> Response:
    """Pay a link and return the payment.

    The options force unusual payments: a wrong amount, a fee that the customer bears,
    an offer, late, repeated, uncaptured.
    """
    options = _read_options()
    with sandbox().work() as work:
        link = get(work, Link, link_id)
        _refuse_closed(link, options)
        amount = differences.amount(link, options)
        if amount < 1:
            raise ControlError("The discount must be less than the amount.")
        payment = payments.attempt(work, link, common.method(options), amount)
        differences.mark(payment, options)
        payments.authorize(work, payment)
        if options.get("capture", True):
            payments.capture(work, payment)
        return answer(payment_entity(payment))


@blp.post("/<link_id>/fail/")
def fail(link_id: str) -> Response:
    """Let an attempt to pay a link fail.

    `method` is how the customer pays; the other fields replace those of the error.
    """
    options = read_options("method", *ERROR_FIELDS)
    with sandbox().work() as work:
        link = get(work, Link, link_id)
        if not link.payable:
            raise ControlError(f"The link is {link.status}; nobody can try to pay it.")
        method = common.method(options)
        error = {n: common.text(options, n, "") for n in ERROR_FIELDS if n in options}
        payment = payments.attempt(work, link, method, declined=True)
        payments.fail(work, payment, error)
        return answer(payment_entity(payment))


def _read_options() -> dict[str, Any]:
    options = read_options("amount", "method", *FLAGS, *differences.FIELDS)
    if not all(isinstance(options.get(name, True), bool) for name in FLAGS):
        raise ControlError("late, again and capture must be true or false.")
    common.amount(options, 1)
    if wrong := differences.problem(options):
        raise ControlError(wrong)
    common.method(options)
    return options


def _refuse_closed(link: Link, options: dict[str, Any]) -> None:
    if options.get("again") and link.status != "paid":
        raise ControlError(
            f"The link is {link.status}; only a paid link can be paid again."
        )
    if link.status == "paid" and not options.get("again"):
        raise ControlError('The link is paid; send {"again": true} to pay it again.')
    if link.status in ("expired", "cancelled") and not options.get("late"):
        raise ControlError(
            f'The link is {link.status}; send {{"late": true}} to pay it.'
        )
