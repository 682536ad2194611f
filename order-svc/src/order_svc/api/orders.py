"""Placing, listing, showing and changing orders."""

from typing import Any

from flask.views import MethodView

from chassis.web import etag, idempotency, limits, pagination
from chassis.web.api import CUSTOMER, Blueprint
from order_svc import clients, steps
from order_svc.api.access import (
    client_mac,
    owner,
    require_customer,
    start_work,
    with_customer,
)
from order_svc.extensions import db
from order_svc.managers import Customer
from order_svc.models import Order, OrderState
from order_svc.schemas import (
    OrderCreateSchema,
    OrderExpandSchema,
    OrderPatchSchema,
    OrderQuerySchema,
    OrderSchema,
)

blp = Blueprint("orders", __name__, url_prefix="/orders", description=__doc__)
SORTS = {name: getattr(Order, name) for name in ("id", "created_at", "total_price")}


@blp.route("/")
class Orders(MethodView):
    """The caller's orders; for staff, all orders."""

    @blp.requires(CUSTOMER)
    @blp.arguments(OrderQuerySchema, location="query")
    @blp.page(OrderSchema)
    def get(self, query: dict[str, Any]) -> pagination.Page:
        """List orders."""
        statement = start_work().orders.search(query, owner())
        return pagination.paginate(db.session, statement, SORTS, query)

    @blp.limited(limits.ORDER)
    @blp.requires(CUSTOMER)
    @blp.arguments(OrderCreateSchema)
    @blp.problems(
        _403="the account is deleted or deactivated",
        _409="`insufficient_stock` with the lines that lack stock; `too_much_held` "
        "with the lines of which unpaid orders hold too much, and what they hold; "
        "`reservation_gone` when the order's stock was released: order again",
        _422="`unknown_product` with the ids of the products, `total_out_of_range`",
        _429="`rate_limited`, `too_many_open_orders`",
    )
    @blp.alt_response(
        202, schema=OrderSchema, description="The stock is not reserved yet"
    )
    @with_customer
    @blp.idempotent
    @blp.resource(OrderSchema, 201)
    def post(self, body: dict[str, Any], customer: Customer | None) -> Any:
        """Place an order."""
        # After a crash, a retry resumes the order that the first request inserted.
        work, order_id = start_work(), idempotency.resumes()
        if order_id is None:
            placed_by = require_customer(customer)
            made = idempotency.made
            order_id = steps.place(work, placed_by, body, made, client_mac())
        steps.reserve(work, order_id)
        order = work.orders.get(order_id)
        steps.check_refused(order)
        headers = {"Location": f"{work.settings.public_url}/orders/{order.id}/"}
        if order.state == OrderState.PLACED:
            return order, 202, {**headers, "Retry-After": "2"}
        return order, 201, headers


class WithUser:
    """An order together with the user who placed it."""

    def __init__(self, order: Order, user: dict[str, Any] | None) -> None:
        self.order = order
        self.user = user

    def __getattr__(self, name: str) -> Any:
        return getattr(self.order, name)


@blp.route("/<id:order_id>/")
class OrderById(MethodView):
    """One order."""

    @blp.requires(CUSTOMER)
    @blp.arguments(OrderExpandSchema, location="query")
    @blp.problems(_404="")
    @blp.resource(OrderSchema)
    def get(self, query: dict[str, Any], order_id: int) -> Any:
        """Show an order."""
        orders = start_work().orders
        order = orders.get(order_id, owner())
        if not query["expand"]:
            return order
        user_id = order.user_id
        db.session.rollback()
        user = clients.users().find_user(user_id)
        return WithUser(orders.get(order_id, owner()), user)

    @blp.requires(CUSTOMER)
    @blp.arguments(OrderPatchSchema(partial=("shipping_address", "note")))
    @blp.guarded
    @blp.problems(_404="", _409="`order_not_pending`")
    @blp.resource(OrderSchema)
    def patch(self, fields: dict[str, Any], order_id: int) -> Order:
        """Change a pending order's address or note."""
        orders = start_work().orders
        order = orders.lock(order_id, owner())
        etag.check(OrderSchema().dump(order))
        orders.change(order, fields)
        db.session.commit()
        return order
