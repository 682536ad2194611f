"""Attempts to pay, the failed ones included."""

from typing import Any

from flask.views import MethodView

from chassis.web import auth
from chassis.web.api import CUSTOMER, Blueprint
from payment_svc.api.payments import READ, context, get_visible
from payment_svc.managers import attempts
from payment_svc.schemas.attempts import AttemptsSchema, WithError

blp = Blueprint("attempts", __name__, url_prefix="/payments", description=__doc__)


@blp.route("/<id:payment_id>/attempts/")
class PaymentAttempts(MethodView):
    """All attempts to pay the link of a payment."""

    @blp.requires(CUSTOMER, READ)
    @blp.problems(_404="")
    @blp.resource(AttemptsSchema)
    def get(self, payment_id: int) -> Any:
        """List the attempts to pay, newest first; only staff see Razorpay's errors."""
        work = context()
        payment = get_visible(work, payment_id)
        rows = attempts.list_attempts(work.session, payment)
        if auth.caller().is_staff:
            return {"data": [WithError(row) for row in rows]}
        return {"data": rows}
