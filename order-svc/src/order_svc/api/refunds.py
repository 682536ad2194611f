"""Refunds by staff."""

from typing import Any

from flask.views import MethodView

from chassis.web import auth
from chassis.web.api import ADMIN, STAFF, Blueprint
from order_svc.api.access import start_work
from order_svc.schemas import RefundCreateSchema, RefundSchema

blp = Blueprint(
    "refunds", __name__, url_prefix="/orders/<id:order_id>", description=__doc__
)


@blp.route("/refund/")
class OrderRefunds(MethodView):
    """Refunds of an order."""

    @blp.requires(STAFF)
    @blp.arguments(RefundCreateSchema)
    @blp.problems(
        _403="only an admin may refund more than `REFUND_LIMIT` of one order",
        _404="",
        _409="`refund_too_large`, `not_refundable`, `not_committed`, "
        "`restock_too_large`, `dispute_open`",
        _422="a part below 1.00",
    )
    @blp.idempotent
    @blp.response(202, RefundSchema)
    def post(self, body: dict[str, Any], order_id: int) -> Any:
        """Refund an amount, by default all that remains, and restock returned goods."""
        work, is_admin = start_work(), auth.caller().may(ADMIN)
        refund = work.orders.refund(
            order_id,
            amount=body["amount"],
            items=body["items"],
            note=body["reason"],
            limit=None if is_admin else work.settings.refund_limit,
        )
        return refund, 202, {"Retry-After": "2"}
