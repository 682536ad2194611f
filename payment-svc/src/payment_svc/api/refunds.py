"""Refunds of a payment."""

from typing import Any

from flask.views import MethodView

from chassis.web import auth
from chassis.web.api import ADMIN, CUSTOMER, STAFF, Blueprint
from payment_svc.api.payments import READ, SOON, WRITE, get_visible
from payment_svc.schemas import RefundPostSchema, RefundSchema, RefundsSchema
from payment_svc.steps import Context

blp = Blueprint("refunds", __name__, url_prefix="/payments", description=__doc__)


@blp.route("/<id:payment_id>/refund/")
class PaymentRefund(MethodView):
    """Direct refunds."""

    @blp.requires(STAFF, WRITE)
    @blp.arguments(RefundPostSchema)
    @blp.problems(
        _403="the payment's refunds exceed `REFUND_LIMIT`; admins have no limit, and "
        "only they may set `despite_dispute`",
        _404="",
        _409="`not_settled`, `refund_too_large`, `dispute_open`",
        _422="an amount below Razorpay's minimum that is not all that remains",
    )
    @blp.idempotent
    @blp.response(202, RefundSchema)
    def post(self, body: dict[str, Any], payment_id: int) -> Any:
        """Refund a payment, whole or in part."""
        caller = auth.caller()
        work = Context(str(caller))
        refund = work.refunds.request_direct(
            work.payments.lock(payment_id),
            body["amount"],
            body["reason"],
            is_admin=caller.may(ADMIN),
            despite_dispute=body["despite_dispute"],
        )
        return refund, 202, SOON


@blp.route("/<id:payment_id>/refunds/")
class PaymentRefunds(MethodView):
    """All refunds of a payment."""

    @blp.requires(CUSTOMER, READ)
    @blp.problems(_404="")
    @blp.resource(RefundsSchema)
    def get(self, payment_id: int) -> Any:
        """List a payment's refunds, newest first."""
        work = Context(str(auth.caller()))
        payment = get_visible(work, payment_id)
        return {"data": work.refunds.list(payment.id)}
