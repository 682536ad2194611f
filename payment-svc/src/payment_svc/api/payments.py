"""Payments: their links, and what staff may do with them."""

from typing import Any

from flask.views import MethodView

from chassis import clock
from chassis.errors import NotFound, Unavailable
from chassis.web import auth, pagination
from chassis.web.api import ADMIN, CUSTOMER, STAFF, Blueprint
from payment_svc.extensions import db
from payment_svc.managers import PaymentRequest
from payment_svc.models import Payment
from payment_svc.schemas import (
    PaymentLinkSchema,
    PaymentQuerySchema,
    PaymentSchema,
    ResolutionSchema,
)
from payment_svc.steps import Context, poll, read_payment

blp = Blueprint("payments", __name__, url_prefix="/payments", description=__doc__)
READ, WRITE = "payments:read", "payments:write"
SORTS = {
    "id": Payment.id,
    "created_at": Payment.created_at,
    "amount": (Payment.amount, Payment.auditlog_ptr_id),  # an index of one table
}
SOON = {"Retry-After": "1"}


def context() -> Context:
    """Return the collaborators of this request; the actor is its caller."""
    return Context(str(auth.caller()))


def get_visible(work: Context, payment_id: int) -> Payment:
    """Return a payment that the caller may see; raise NotFound for any other."""
    caller, payment = auth.caller(), work.payments.get(payment_id)
    if caller.is_staff or caller.may(READ) or _owns(caller, payment):
        return payment
    raise NotFound(f"There is no payment {payment_id}.")


def _owns(caller: auth.Caller, payment: Payment) -> bool:
    return caller.id is not None and caller.id == payment.user_id


@blp.route("/create_payment_link/")
class PaymentLinks(MethodView):
    """Payment links."""

    @blp.requires(WRITE, STAFF)
    @blp.arguments(PaymentLinkSchema)
    @blp.problems(_409="`amount_mismatch`, `customer_mismatch`, `payment_over`")
    @blp.idempotent
    @blp.alt_response(200, schema=PaymentSchema, description="The order has a payment")
    @blp.resource(PaymentSchema, 201)
    def post(self, body: dict[str, Any]) -> Any:
        """Request a payment link for an order."""
        work = context()
        payment, is_new = work.payments.open(_request(work, body))
        if not is_new:
            return payment, 200
        address = f"{work.settings.public_url}/payments/{payment.id}/"
        return payment, 201, {"Location": address}


def _request(work: Context, body: dict[str, Any]) -> PaymentRequest:
    return PaymentRequest(
        order_id=body["order_id"],
        amount=body["amount"],
        currency=work.settings.currency,
        user_id=body["user_id"],
        customer={name: body[name] for name in ("name", "email", "phone")},
        placed_at=clock.now(),
    )


@blp.route("/")
class Payments(MethodView):
    """All payments."""

    @blp.requires(CUSTOMER)
    @blp.arguments(PaymentQuerySchema, location="query")
    @blp.page(PaymentSchema)
    def get(self, query: dict[str, Any]) -> pagination.Page:
        """List payments: customers see their own, staff all."""
        names = ("order_id", "status", "created_from", "created_to")
        filters = {name: query[name] for name in names}
        if not auth.caller().is_staff:
            filters["user_id"] = auth.caller().id
        found = context().payments.search(**filters)
        return pagination.paginate(db.session, found, SORTS, query)


@blp.route("/<id:payment_id>/")
class PaymentById(MethodView):
    """One payment."""

    @blp.requires(CUSTOMER, READ)
    @blp.problems(_404="")
    @blp.resource(PaymentSchema)
    def get(self, payment_id: int) -> Payment:
        """Show a payment."""
        return get_visible(context(), payment_id)


@blp.route("/<id:payment_id>/cancel/")
class PaymentCancellation(MethodView):
    """The cancellation of a payment's link."""

    @blp.requires(STAFF, WRITE)
    @blp.problems(_404="", _409="`already_paid`, `suspect`")
    @blp.response(202, PaymentSchema)
    def post(self, payment_id: int) -> Any:
        """Request the cancellation of a payment's link; the worker executes it."""
        payments = context().payments
        payment = payments.get(payment_id)
        payments.cancel(payment)
        db.session.commit()
        return payment, 202, SOON


@blp.route("/<id:payment_id>/sync/")
class PaymentSync(MethodView):
    """The reconciliation of a payment."""

    @blp.requires(STAFF)
    @blp.problems(_404="")
    @blp.resource(PaymentSchema)
    def post(self, payment_id: int) -> Payment:
        """Poll Razorpay now and reconcile the payment with its answer."""
        work = context()
        first = work.payments.get(payment_id).extra_of or payment_id
        db.session.rollback()
        if poll(work, read_payment(work, first)) is None:
            raise Unavailable("Razorpay gave no definite answer; try again later.")
        return work.payments.get(payment_id)


@blp.route("/<id:payment_id>/resolve/")
class PaymentResolution(MethodView):
    """The decision about a payment under review."""

    @blp.requires(ADMIN)
    @blp.arguments(ResolutionSchema)
    @blp.problems(_404="", _409="`not_suspect`")
    @blp.resource(PaymentSchema)
    def post(self, body: dict[str, Any], payment_id: int) -> Payment:
        """Decide a payment under review: accept it, or refund all of it."""
        review = context().review
        decide = {"accept": review.accept, "refund": review.reject}
        payment = decide[body["decision"]](payment_id, body["note"])
        db.session.commit()
        return payment
