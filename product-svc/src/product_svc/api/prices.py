"""The history of prices."""

from typing import Any

from flask.views import MethodView

from chassis.web import pagination
from chassis.web.api import STAFF, Blueprint
from chassis.web.fields import ListQuery
from product_svc.extensions import db
from product_svc.managers import PriceManager, ProductManager
from product_svc.models import PriceChange
from product_svc.schemas import PriceChangeSchema

blp = Blueprint("prices", __name__, url_prefix="/products", description=__doc__)


@blp.route("/<id:product_id>/prices/")
class ProductPrices(MethodView):
    """The prices of one product."""

    @blp.requires(STAFF)
    @blp.arguments(ListQuery, location="query")
    @blp.problems(_404="")
    @blp.page(PriceChangeSchema)
    def get(self, query: dict[str, Any], product_id: int) -> pagination.Page:
        """List the changes of a product's price, newest first."""
        ProductManager(db.session).get(product_id)
        statement = PriceManager(db.session).list_changes(product_id)
        return pagination.paginate(
            db.session, statement, {"id": PriceChange.id}, {**query, "sort": "-id"}
        )
