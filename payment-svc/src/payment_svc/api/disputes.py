"""Disputes of a payment."""

from typing import Any

from flask.views import MethodView

from chassis.web.api import STAFF, Blueprint
from payment_svc.api.payments import context
from payment_svc.schemas.disputes import DisputesSchema

blp = Blueprint("disputes", __name__, url_prefix="/payments", description=__doc__)


@blp.route("/<id:payment_id>/disputes/")
class PaymentDisputes(MethodView):
    """All disputes of a payment."""

    @blp.requires(STAFF)
    @blp.problems(_404="")
    @blp.resource(DisputesSchema)
    def get(self, payment_id: int) -> Any:
        """List a payment's disputes, newest first."""
        work = context()
        payment = work.payments.get(payment_id)
        return {"data": work.disputes.list(payment.id)}
