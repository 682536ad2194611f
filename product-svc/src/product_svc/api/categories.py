"""The catalogue's categories, which form a tree."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.config import settings
from chassis.web import etag, pagination
from chassis.web.api import STAFF, Blueprint, no_content
from product_svc.extensions import db
from product_svc.managers import CategoryManager
from product_svc.models import Category
from product_svc.schemas import (
    CategoryPatchSchema,
    CategoryQuerySchema,
    CategorySchema,
)

blp = Blueprint(
    "categories", __name__, url_prefix="/products/categories", description=__doc__
)
SORTS = {
    "id": Category.id,
    "name": Category.name_sort_key,
    "created_at": Category.created_at,
}


def _locked(manager: CategoryManager, category_id: int) -> Category:
    """Return a locked category, if the request's If-Match names its version."""
    category = manager.lock(category_id)
    etag.check(CategorySchema().dump(category))
    return category


@blp.route("/")
class Categories(MethodView):
    """The categories."""

    @blp.public
    @blp.kept
    @blp.arguments(CategoryQuerySchema, location="query")
    @blp.page(CategorySchema)
    def get(self, query: dict[str, Any]) -> pagination.Page:
        """List the categories."""
        manager = CategoryManager(db.session)
        page = pagination.paginate(db.session, manager.search(query), SORTS, query)
        if query["counts"]:
            manager.count_products(page.data)
        return page

    @blp.requires(STAFF)
    @blp.arguments(CategorySchema)
    @blp.problems(_409="`name_taken`")
    @blp.idempotent
    @blp.resource(CategorySchema, 201)
    def post(self, fields: dict[str, Any]) -> Any:
        """Create a category."""
        category = CategoryManager(db.session).create(fields)
        address = f"{settings().public_url}/products/categories/{category.id}/"
        return category, 201, {"Location": address}


@blp.route("/<id:category_id>/")
class CategoryById(MethodView):
    """One category."""

    @blp.public
    @blp.problems(_404="")
    @blp.resource(CategorySchema)
    def get(self, category_id: int) -> Category:
        """Show a category."""
        return CategoryManager(db.session).get(category_id)

    @blp.requires(STAFF)
    @blp.arguments(CategorySchema)
    @blp.guarded
    @blp.problems(_404="", _409="`name_taken`, `category_cycle`")
    @blp.resource(CategorySchema)
    def put(self, fields: dict[str, Any], category_id: int) -> Category:
        """Replace a category."""
        return _change(category_id, fields)

    @blp.requires(STAFF)
    @blp.arguments(CategoryPatchSchema(partial=True))
    @blp.guarded
    @blp.problems(_404="", _409="`name_taken`, `category_cycle`")
    @blp.resource(CategorySchema)
    def patch(self, fields: dict[str, Any], category_id: int) -> Category:
        """Change some fields of a category."""
        return _change(category_id, fields)

    @blp.requires(STAFF)
    @blp.guarded
    @blp.problems(_404="")
    @blp.response(204)
    def delete(self, category_id: int) -> Response:
        """Delete a category; its products stay, its children move to its parent."""
        manager = CategoryManager(db.session)
        manager.delete(_locked(manager, category_id))
        db.session.commit()
        return no_content()


def _change(category_id: int, fields: dict[str, Any]) -> Category:
    manager = CategoryManager(db.session)
    category = _locked(manager, category_id)
    manager.change(category, fields)
    db.session.commit()
    return category
