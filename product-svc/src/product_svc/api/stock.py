"""Stock: availability, adjustments and their ledger."""

from typing import Any

from flask.views import MethodView

from chassis.web import auth, limits, pagination
from chassis.web.api import STAFF, Blueprint
from chassis.web.fields import ListQuery
from product_svc.extensions import db
from product_svc.managers import ProductManager, StockManager
from product_svc.models import StockMovement
from product_svc.schemas import (
    AdjustmentSchema,
    AvailabilitySchema,
    LinesSchema,
    StockMovementSchema,
)

blp = Blueprint("stock", __name__, url_prefix="/products", description=__doc__)


@blp.route("/check_stock/")
class StockCheck(MethodView):
    """The availability of order lines."""

    @blp.limited(limits.CHECK_STOCK)
    @blp.public
    @blp.arguments(LinesSchema)
    @blp.problems(_404="a product is unknown or not on sale")
    @blp.response(200, AvailabilitySchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Check whether enough of each product is available; nothing is reserved."""
        items = StockManager(db.session).check(body["items"])
        return {"available": all(item["available"] for item in items), "items": items}


@blp.route("/<id:product_id>/stock/")
class ProductStock(MethodView):
    """The stock of one product."""

    @blp.requires(STAFF)
    @blp.arguments(ListQuery, location="query")
    @blp.problems(_404="")
    @blp.page(StockMovementSchema)
    def get(self, query: dict[str, Any], product_id: int) -> pagination.Page:
        """List the movements of a product's stock, newest first."""
        ProductManager(db.session).get(product_id)
        statement = StockManager(db.session).list_movements(product_id)
        return pagination.paginate(
            db.session, statement, {"id": StockMovement.id}, {**query, "sort": "-id"}
        )

    @blp.requires(STAFF)
    @blp.arguments(AdjustmentSchema)
    @blp.problems(
        _404="", _409="`insufficient_stock`: reserved stock cannot be removed"
    )
    @blp.idempotent
    @blp.response(201, StockMovementSchema)
    def post(self, body: dict[str, Any], product_id: int) -> Any:
        """Adjust a product's stock."""
        manager = StockManager(db.session, str(auth.caller()))
        return manager.adjust(product_id, **body)
