"""The callback: Razorpay redirects a customer here after a payment."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, render_template, request
from flask.views import MethodView

from chassis import db as database
from chassis.errors import BadRequest
from chassis.failpoints import failpoint
from chassis.web.api import Blueprint
from payment_svc.extensions import db
from payment_svc.models import Payment, PaymentState, PaymentStatus
from payment_svc.razorpay import signatures
from payment_svc.razorpay.entities import is_id
from payment_svc.razorpay.signatures import Callback
from payment_svc.schemas import CallbackAnswerSchema
from payment_svc.steps import Context

blp = Blueprint("callback", __name__, url_prefix="/payments", description=__doc__)
LINK = "razorpay_payment_link_id"
REFERENCE = "razorpay_payment_link_reference_id"
STATUS = "razorpay_payment_link_status"
PAYMENT = "razorpay_payment_id"
SIGNATURE = "razorpay_signature"
SUCCESSES = ("paid", "partially_paid")
PROCESSING, PAID, REFUNDED = "processing", "paid", "refunded"
STATUSES = {
    PaymentStatus.COMPLETED: PAID,
    PaymentStatus.PARTIALLY_REFUNDED: PAID,
    PaymentStatus.REFUNDED: REFUNDED,
}
PARAMETERS: dict[str, dict[str, Any]] = {
    PAYMENT: {"pattern": "^pay_[A-Za-z0-9]{14}$"},
    LINK: {"pattern": "^plink_[A-Za-z0-9]{14}$"},
    REFERENCE: {},
    STATUS: {"enum": list(SUCCESSES)},
    SIGNATURE: {"pattern": signatures.SIGNATURE},
}
DOC = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": True,
            "schema": {"type": "string", **schema},
        }
        for name, schema in PARAMETERS.items()
    ],
    "responses": {
        "200": {
            "description": "The state of the payment, as a page or by `Accept` as JSON",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/json": {"schema": CallbackAnswerSchema},
            },
        },
        "303": {
            "description": "Back to the shop, when `SHOP_RETURN_URL` is set",
            "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
        },
    },
}


@blp.route("/payment_link_callback/")
class PaymentLinkCallback(MethodView):
    """The address to which Razorpay's payment page redirects."""

    @blp.public
    @blp.doc(**DOC)
    @blp.problems(_400="`invalid_signature`, or a parameter is missing or repeated")
    @blp.response(200, CallbackAnswerSchema)
    def get(self) -> Any:
        """Show a customer the state of their payment.

        The signature covers neither amount nor time, so the callback is not trusted:
        it only makes the next poll of Razorpay due.
        """
        work = Context("callback")
        callback = _verified(work)
        database.allow_writes()
        payment = work.payments.receive_callback(
            callback.link_id, callback.reference_id, callback.payment_id
        )
        if payment is None:
            raise _invalid()
        failpoint("callback.before_commit")
        db.session.commit()
        failpoint("callback.committed")
        return _answer(work, payment, _status(payment, callback))


def _invalid() -> BadRequest:
    return BadRequest("The signature is not Razorpay's.", code="invalid_signature")


def _once(name: str) -> str:
    values = request.args.getlist(name)
    if len(values) != 1:
        raise BadRequest(f"{name} must be given exactly once.")
    return values[0]


def _verified(work: Context) -> Callback:
    """Return the signed parameters; all others are ignored."""
    callback = Callback(_once(LINK), _once(REFERENCE), _once(STATUS), _once(PAYMENT))
    signature = _once(SIGNATURE)
    well_formed = (
        is_id("plink", callback.link_id)
        and is_id("pay", callback.payment_id)
        and callback.status in SUCCESSES
    )
    if not well_formed or not work.razorpay.is_callback(callback, signature):
        raise _invalid()
    return callback


def _status(payment: Payment, callback: Callback) -> str:
    if payment.state == PaymentState.CAPTURED:
        return STATUSES[PaymentStatus(payment.status)]
    is_over = payment.state == PaymentState.CLOSED
    is_known = payment.razorpay_payment_id == callback.payment_id
    return REFUNDED if is_over and is_known else PROCESSING


def _answer(work: Context, payment: Payment, status: str) -> Response:
    if back := work.settings.shop_return_url:
        joint = "&" if "?" in back else "?"
        query = urlencode({"order_id": payment.order_id})
        return Response(status=303, headers={"Location": f"{back}{joint}{query}"})
    data = {
        "order_id": int(payment.order_id),
        "status": status,
        "amount": f"{payment.captured_amount or payment.amount:.2f}",
        "currency": payment.captured_currency or payment.currency,
    }
    html, json = "text/html", "application/json"
    if request.accept_mimetypes.best_match([html, json], html) == json:
        return _private(jsonify(data))
    return _private(Response(render_template("callback.html", **data), mimetype=html))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    return response
