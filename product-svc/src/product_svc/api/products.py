"""The catalogue's products."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis import reads
from chassis.config import settings
from chassis.errors import NotFound, Problem
from chassis.web import auth, etag, pagination
from chassis.web.api import STAFF, Blueprint, json_answer, no_content
from product_svc import queries
from product_svc.api import search_pages
from product_svc.extensions import db
from product_svc.managers import ProductManager
from product_svc.models import Product
from product_svc.schemas import (
    ProductCreateSchema,
    ProductPatchSchema,
    ProductPutSchema,
    ProductQuerySchema,
    ProductSchema,
)

blp = Blueprint("products", __name__, url_prefix="/products", description=__doc__)
LIST = pagination.HotList(
    queries.PRODUCTS, queries.SORTS, queries.FILTERS, queries.document
)
TEXTS = {"q", "name", "description"}  # their statements depend on the words
FOR_STAFF = "`is_active=false` and `low_stock=true` are for staff"


def _manager() -> ProductManager:
    return ProductManager(db.session, str(auth.caller()))


def _is_staff() -> bool:
    """Return whether the caller of a public endpoint is staff."""
    try:
        auth.authenticate((STAFF,))
    except Problem:
        return False
    return True


def check_filters(query: dict[str, Any]) -> None:
    """Let staff alone see what is off sale, and which stock is low."""
    if not query["is_active"] or "low_stock" in query:
        auth.authenticate((STAFF,))


def _locked(manager: ProductManager, product_id: int) -> Product:
    """Return a locked product, if the request's If-Match names its version."""
    product = manager.lock(product_id)
    if etag.is_given():
        etag.check(ProductSchema().dump(manager.get(product_id)))
    return product


@blp.route("/")
class Products(MethodView):
    """The catalogue."""

    @blp.public
    @blp.kept
    @blp.arguments(ProductQuerySchema, location="query")
    @blp.problems(_401=FOR_STAFF, _403=FOR_STAFF)
    @blp.page(ProductSchema)
    def get(self, query: dict[str, Any]) -> pagination.Page:
        """List, filter and search the catalogue."""
        check_filters(query)
        manager = ProductManager(db.session)
        if TEXTS.isdisjoint(query) and not query["highlight"]:
            return LIST.page({**query, **manager.with_descendants(query)})
        page = search_pages.read(manager, query)
        if query["highlight"]:
            page.data = manager.highlighted(query, page.data)
        return page

    @blp.requires(STAFF)
    @blp.arguments(ProductCreateSchema)
    @blp.problems(_409="`sku_taken`")
    @blp.idempotent
    @blp.resource(ProductSchema, 201)
    def post(self, fields: dict[str, Any]) -> Any:
        """Create a product with its initial stock."""
        manager = _manager()
        product = manager.create(fields)
        location = {"Location": f"{settings().public_url}/products/{product.id}/"}
        return manager.get(product.id), 201, location


@blp.route("/filter/")
class ProductFilter(MethodView):
    """The catalogue under a second address."""

    get = Products.get


@blp.route("/<id:product_id>/")
class ProductById(MethodView):
    """One product."""

    @blp.public
    @blp.problems(_404="unknown, or no longer on sale")
    @blp.resource(ProductSchema)
    def get(self, product_id: int) -> Any:
        """Show a product."""
        product = reads.first(queries.PRODUCT, id=product_id)
        if product is None or not (product.is_active or _is_staff()):
            raise NotFound(f"There is no product {product_id}.")
        return json_answer(queries.document(product))

    @blp.requires(STAFF)
    @blp.arguments(ProductPutSchema)
    @blp.guarded
    @blp.problems(_404="", _409="`sku_taken`, `open_reservations`")
    @blp.resource(ProductSchema)
    def put(self, fields: dict[str, Any], product_id: int) -> Any:
        """Replace a product; its stock does not change."""
        return _change(product_id, fields)

    @blp.requires(STAFF)
    @blp.arguments(ProductPatchSchema(partial=True))
    @blp.guarded
    @blp.problems(_404="", _409="`sku_taken`, `open_reservations`")
    @blp.resource(ProductSchema)
    def patch(self, fields: dict[str, Any], product_id: int) -> Any:
        """Change some fields of a product; its stock does not change."""
        return _change(product_id, fields)

    @blp.requires(STAFF)
    @blp.guarded
    @blp.problems(_404="", _409="`open_reservations`")
    @blp.response(204)
    def delete(self, product_id: int) -> Response:
        """Take a product off sale."""
        manager = _manager()
        manager.retire(_locked(manager, product_id))
        db.session.commit()
        return no_content()


def _change(product_id: int, fields: dict[str, Any]) -> Any:
    manager = _manager()
    manager.change(_locked(manager, product_id), fields)
    product = manager.get(product_id)
    db.session.commit()
    return product
