"""Refunds by staff."""

from typing import Any

from flask.views import MethodView

from chassis import auth
from chassis.api import ADMIN, STAFF, Blueprint
from chassis.errors import Forbidden
from order_svc import steps
from order_svc.api.access import manager
from order_svc.schemas import RefundCreateSchema, RefundSchema

blp = Blueprint(
    "refunds", __name__, url_prefix="/orders/<id:order_id>", description=__doc__
)


@blp.route("/refund/")
class OrderRefunds(MethodView):
    """Money that goes back."""

    @blp.requires(STAFF)
    @blp.arguments(RefundCreateSchema)
    @blp.problems(
        _403="an amount above the limit is for admins",
        _404="",
        _409="`refund_too_large`, `not_refundable`, `not_committed`, "
        "`restock_too_large`",
    )
    @blp.idempotent
    @blp.response(202, RefundSchema)
    def post(self, body: dict[str, Any], order_id: int) -> Any:
        """Return money, all that is left unless said, and put goods back."""
        refund = manager().refund(
            order_id, amount=body["amount"], items=body["items"], note=body["reason"]
        )
        limit = steps.settings().refund_limit
        if refund.amount > limit and not auth.caller().may(ADMIN):
            raise Forbidden(f"More than {limit} is returned by an admin alone.")
        return refund, 202, {"Retry-After": "2"}
