"""Cancellation and timeline."""

from typing import Any

from flask.views import MethodView

from chassis.failpoints import failpoint
from chassis.web.api import CUSTOMER, Blueprint
from order_svc.api.access import owner, start_work
from order_svc.extensions import db
from order_svc.schemas import OrderSchema, TimelineSchema

blp = Blueprint(
    "cancellation", __name__, url_prefix="/orders/<id:order_id>", description=__doc__
)


@blp.route("/cancel/")
class OrderCancellation(MethodView):
    """The cancellation of an order before it is paid."""

    @blp.requires(CUSTOMER)
    @blp.problems(
        _404="", _409="`already_paid`, `order_expired`, `payment_under_review`"
    )
    @blp.alt_response(
        200, schema=OrderSchema, description="The order has already ended"
    )
    @blp.resource(OrderSchema, 202)
    def post(self, order_id: int) -> Any:
        """Cancel an order before payment."""
        order, is_over = start_work().orders.cancel(order_id, owner())
        failpoint("order.before_cancel_commit")
        db.session.commit()
        failpoint("order.cancel_committed")
        return (order, 200) if is_over else (order, 202, {"Retry-After": "2"})


@blp.route("/timeline/")
class OrderTimeline(MethodView):
    """The timeline of an order."""

    @blp.requires(CUSTOMER)
    @blp.problems(_404="")
    @blp.response(200, TimelineSchema)
    def get(self, order_id: int) -> Any:
        """List every change of state and every message of an order."""
        return {"data": start_work().orders.timeline(order_id, owner())}
