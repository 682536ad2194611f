"""The control API, not part of Razorpay: the ledger, and what others do there."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask, Response, request
from sqlalchemy import select

from razorpay_sandbox import (
    differences,
    disputes,
    entities,
    links,
    payments,
    refunds,
)
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.api.links import link_with_payments
from razorpay_sandbox.bank import METHODS
from razorpay_sandbox.errors import ApiError, Refused, answer
from razorpay_sandbox.json_body import is_integer, read_object
from razorpay_sandbox.models import Dispute, Event, Link, Order, Payment, Refund
from razorpay_sandbox.unit_of_work import UnitOfWork

blp = Blueprint("control", __name__, url_prefix="/control")
PAY_FIELDS = {"amount", "late", "again", "capture", "method", *differences.FIELDS}
REFUND_FIELDS = {"amount", "comment", "pending"}
# The words for a balance that is too low: today's, and those of 2024.
LOW_BALANCE = {
    "invalid": "invalid request sent",
    "balance": "Your account does not have enough balance to carry out the refund "
    "operation. You can add funds to your account from your Razorpay dashboard or "
    "capture new payments.",
}


class ControlError(ApiError):
    """The requested action is not possible; the message explains why."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status

    def body(self) -> dict[str, Any]:
        """Return {"error": text}."""
        return {"error": self.description}


def init_app(app: Flask) -> None:
    """Register the control API, unless SANDBOX_CONTROL is off."""
    if app.extensions["sandbox"].settings.control:
        app.register_blueprint(blp)


@blp.get("/ledger/")
def ledger() -> Response:
    """Return all rows of the ledger; `?bodies=1` includes the bodies of events."""
    bodies = request.args.get("bodies") == "1"
    with sandbox().work() as work:
        found = {
            "links": _all(work, Link, lambda link: _link(work, link)),
            "orders": _all(work, Order, entities.order),
            "payments": _all(work, Payment, _payment),
            "refunds": _all(work, Refund, entities.refund),
            "disputes": _all(work, Dispute, disputes.entity),
            "events": _all(work, Event, lambda row: _event(row, bodies=bodies)),
        }
    return answer(found)


@blp.get("/links/")
def search() -> Response:
    """Return all links, or only those with the given reference id."""
    reference_id = request.args.get("reference_id")
    wanted = {"reference_id": reference_id} if reference_id else {}
    with sandbox().work() as work:
        rows = _all(work, Link, lambda link: _link(work, link), **wanted)
    return answer({"links": rows})


@blp.get("/links/<link_id>/")
def show(link_id: str) -> Response:
    """Return one link."""
    with sandbox().work() as work:
        return answer(_link(work, _get_link(work, link_id)))


@blp.post("/links/<link_id>/expire/")
def expire(link_id: str) -> Response:
    """Expire one open link now and send its webhook."""
    with sandbox().work() as work:
        link = _get_link(work, link_id)
        if not link.payable:
            raise ControlError(
                f"The link is {link.status}; only an open link can expire."
            )
        links.expire(work, link)
        return answer(_link(work, link))


@blp.post("/links/<link_id>/pay/")
def pay(link_id: str) -> Response:
    """Pay a link and return the payment.

    The options force unusual payments: a wrong amount, a fee that the customer bears,
    an offer, late, repeated, uncaptured.
    """
    options = _read_options()
    with sandbox().work() as work:
        link = _get_link(work, link_id)
        _refuse_closed(link, options)
        amount = differences.amount(link, options)
        if amount < 1:
            raise ControlError("The discount must be less than the amount.")
        payment = payments.attempt(work, link, options.get("method", "upi"), amount)
        differences.mark(payment, options)
        payments.authorize(work, payment)
        if options.get("capture", True):
            payments.capture(work, payment)
        return answer(_payment(payment))


@blp.post("/payments/<payment_id>/refund/")
def refund(payment_id: str) -> Response:
    """Refund a payment as in the dashboard: an amount, by default all that is left."""
    options = _read(REFUND_FIELDS)
    comment, pending = options.get("comment", ""), options.get("pending", False)
    if not isinstance(comment, str) or not isinstance(pending, bool):
        raise ControlError("comment must be a text, pending true or false.")
    with sandbox().work() as work:
        payment = work.find(Payment, id=payment_id)
        if payment is None:
            raise ControlError(f"Payment {payment_id} does not exist.", 404)
        try:
            made = refunds.create_in_dashboard(
                work, payment, options.get("amount"), comment
            )
        except Refused as refusal:
            raise ControlError(refusal.description) from None
        if not pending:
            refunds.process(work, made)
        return answer(entities.refund(made))


@blp.post("/refunds/<refund_id>/<any(process, fail):end>/")
def end_refund(refund_id: str, end: str) -> Response:
    """End a pending refund: the bank pays it, or does not."""
    with sandbox().work() as work:
        found = work.find(Refund, id=refund_id)
        if found is None:
            raise ControlError(f"Refund {refund_id} does not exist.", 404)
        if found.status != "pending":
            raise ControlError(f"The refund is {found.status}; it has ended.")
        ends = {"process": refunds.process, "fail": refunds.fail}
        ends[end](work, found)
        return answer(entities.refund(found))


@blp.post("/balance/")
def balance() -> Response:
    """Refuse every refund of the API for a low balance; `{"low": null}` stops it."""
    low = _read({"low"}).get("low")
    if low is not None and low not in LOW_BALANCE:
        raise ControlError(f"low must be null or one of {', '.join(LOW_BALANCE)}.")
    sandbox().low_balance = LOW_BALANCE.get(low) if low else None
    return answer({"low": low})


def _read(fields: set[str]) -> dict[str, Any]:
    options = read_object(ControlError("The body must be a JSON object."))
    if extra := options.keys() - fields:
        raise ControlError(f"Unknown fields: {', '.join(sorted(extra))}.")
    return options


def _read_options() -> dict[str, Any]:
    options = _read(PAY_FIELDS)
    if not all(
        isinstance(options.get(key, True), bool) for key in ("late", "again", "capture")
    ):
        raise ControlError("late, again and capture must be true or false.")
    amount = options.get("amount", 1)
    if not is_integer(amount) or amount < 1:
        raise ControlError("amount must be a positive integer in paise.")
    if wrong := differences.problem(options):
        raise ControlError(wrong)
    if options.get("method", "upi") not in METHODS:
        raise ControlError(f"method must be one of {', '.join(METHODS)}.")
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


def _get_link(work: UnitOfWork, link_id: str) -> Link:
    link = work.find(Link, id=link_id)
    if link is None:
        raise ControlError(f"Link {link_id} does not exist.", 404)
    return link


def _all(
    work: UnitOfWork, table: Any, shape: Callable[[Any], dict[str, Any]], **wanted: Any
) -> list[dict[str, Any]]:
    query = select(table).filter_by(**wanted).order_by(table.number)
    rows: Iterable[Any] = work.session.scalars(query)
    return [shape(row) for row in rows]


def _link(work: UnitOfWork, link: Link) -> dict[str, Any]:
    return link_with_payments(work, link) | {"payable": link.payable}


def _payment(payment: Payment) -> dict[str, Any]:
    return entities.payment(payment) | {"plink_id": payment.link_id}


def _event(row: Event, *, bodies: bool) -> dict[str, Any]:
    event = {
        "id": row.id,
        "event": row.event,
        "created_at": row.created_at,
        "attempts": row.attempts,
        "last_result": row.last_result,
        "delivered_at": row.delivered_at,
        "next_attempt_at": row.next_attempt_at,
    }
    return event | ({"body": json.loads(row.body)} if bodies else {})
