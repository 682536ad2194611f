"""The control API of disputes and of failed attempts."""

from typing import Any

from flask import Blueprint, Flask, Response

from razorpay_sandbox import disputes, entities, payments
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.bank import METHODS
from razorpay_sandbox.control import ControlError
from razorpay_sandbox.errors import answer
from razorpay_sandbox.ids import is_id
from razorpay_sandbox.json_body import is_integer, read_object
from razorpay_sandbox.models import Dispute, Link, Payment
from razorpay_sandbox.unit_of_work import T, UnitOfWork

blp = Blueprint("control_disputes", __name__, url_prefix="/control")
ERROR_FIELDS = ("code", "description", "source", "step", "reason")


def init_app(app: Flask) -> None:
    """Register these calls, unless SANDBOX_CONTROL is off."""
    if app.extensions["sandbox"].settings.control:
        app.register_blueprint(blp)


@blp.post("/payments/<payment_id>/dispute/")
def raise_dispute(payment_id: str) -> Response:
    """Raise a dispute about a payment.

    `phase`, `amount` and `reason` describe it; `payment_id` names a payment that the
    ledger does not have.
    """
    options = _read_options("phase", "amount", "reason", "payment_id")
    with sandbox().work() as work:
        payment = _get(work, Payment, payment_id)
        dispute = disputes.raise_dispute(
            work,
            payment,
            phase=_text(options, "phase", "chargeback"),
            amount=_amount(options, payment.amount),
            reason=_text(options, "reason", "chargeback"),
            payment_id=_payment_id(options),
        )
        return answer(disputes.entity(dispute))


@blp.post("/disputes/<dispute_id>/")
def change_dispute(dispute_id: str) -> Response:
    """Change the status and the phase of a dispute, and send the event."""
    options = _read_options("phase", "status")
    with sandbox().work() as work:
        dispute = _get(work, Dispute, dispute_id)
        disputes.change(
            work,
            dispute,
            phase=_text(options, "phase", dispute.phase),
            status=_text(options, "status", dispute.status),
        )
        return answer(disputes.entity(dispute))


@blp.post("/links/<link_id>/fail/")
def fail(link_id: str) -> Response:
    """Let an attempt to pay a link fail.

    `method` is how the customer pays; the other fields replace those of the error.
    """
    options = _read_options("method", *ERROR_FIELDS)
    with sandbox().work() as work:
        link = _get(work, Link, link_id)
        if not link.payable:
            raise ControlError(f"The link is {link.status}; nobody can try to pay it.")
        method = _text(options, "method", "upi")
        if method not in METHODS:
            raise ControlError(f"method must be one of {', '.join(METHODS)}.")
        error = {n: _text(options, n, "") for n in ERROR_FIELDS if n in options}
        payment = payments.attempt(work, link, method, declined=True)
        payments.fail(work, payment, error)
        return answer(entities.payment(payment) | {"plink_id": link.id})


def _read_options(*names: str) -> dict[str, Any]:
    options = read_object(ControlError("The body must be a JSON object."))
    if extra := options.keys() - set(names):
        raise ControlError(f"Unknown fields: {', '.join(sorted(extra))}.")
    return options


def _text(options: dict[str, Any], name: str, default: str) -> str:
    value = options.get(name, default)
    if not isinstance(value, str) or len(value) > 255:
        raise ControlError(f"{name} must be a text.")
    return value


def _amount(options: dict[str, Any], default: int) -> int:
    value = options.get("amount", default)
    if not is_integer(value) or value < 1:
        raise ControlError("amount must be a positive integer in paise.")
    return int(value)


def _payment_id(options: dict[str, Any]) -> str | None:
    value = options.get("payment_id")
    if value is not None and not (isinstance(value, str) and is_id("pay", value)):
        raise ControlError("payment_id must be the id of a payment.")
    return value


def _get(work: UnitOfWork, table: type[T], row_id: str) -> T:
    row = work.find(table, id=row_id)
    if row is None:
        raise ControlError(f"{table.__name__} {row_id} does not exist.", 404)
    return row
