"""What a search page shows beside its list: suggestions and counts."""

from typing import Any

from flask.views import MethodView

from chassis.web.api import Blueprint
from product_svc.api.products import FOR_STAFF, check_filters
from product_svc.extensions import db
from product_svc.managers import FacetManager, SuggestionManager
from product_svc.schemas import (
    FacetsSchema,
    ProductFilterSchema,
    SuggestionsSchema,
    SuggestQuerySchema,
)

blp = Blueprint("searches", __name__, url_prefix="/products", description=__doc__)


@blp.route("/suggest/")
class Suggestions(MethodView):
    """Names for a search box."""

    @blp.public
    @blp.arguments(SuggestQuerySchema, location="query")
    @blp.response(200, SuggestionsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Suggest products and categories for the beginning of a search."""
        return SuggestionManager().suggest(query["q"])


@blp.route("/facets/")
class Facets(MethodView):
    """The numbers of matching products."""

    @blp.public
    @blp.arguments(ProductFilterSchema, location="query")
    @blp.problems(_401=FOR_STAFF, _403=FOR_STAFF)
    @blp.response(200, FacetsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Count the matching products by category, price and stock.

        The filters are those of the list. Counts stop at 10,000 products.
        """
        check_filters(query)
        return FacetManager(db.session).count(query)
