"""The staff panel: staff edit the catalogue, and change stock through its ledger."""

from typing import Any

from flask import Flask
from flask_admin.contrib.sqla.filters import BooleanEqualFilter
from marshmallow import ValidationError
from sqlalchemy import and_, or_

import chassis.admin
from chassis.admin import ModelView, action
from chassis.admin.staff import current
from chassis.web.api import invalid
from chassis.web.fields import Schema
from product_svc.extensions import db
from product_svc.managers import CategoryManager, ProductManager, StockManager
from product_svc.models import (
    IS_LOW,
    Category,
    PriceChange,
    Product,
    Reservation,
    ReservationHistory,
    ReservationItem,
    StockMovement,
)
from product_svc.schemas import AdjustmentSchema, CategorySchema, ProductPutSchema


def _checked(schema: type[Schema], data: dict[str, Any]) -> dict[str, Any]:
    """Return the form's data as the API's own schema loads it, or raise its error."""
    try:
        fields: dict[str, Any] = schema().load(data)
    except ValidationError as error:
        raise invalid(error) from None
    return fields


def _id(row: Any) -> int | None:
    return None if row is None else int(row.id)


def _actor() -> str:
    who = current()
    return f"user:{who.id}" if who else "nobody"


def _category_fields(data: dict[str, Any]) -> dict[str, Any]:
    parent_id = _id(data.pop("parent"))
    return _checked(CategorySchema, {**data, "parent_id": parent_id})


def _product_fields(data: dict[str, Any]) -> dict[str, Any]:
    category_id, price = _id(data.pop("category")), data.pop("price")
    given = {"category_id": category_id, "price": f"{price:f}"}
    return _checked(ProductPutSchema, {**data, **given})


def _change_product(row: Product, fields: dict[str, Any]) -> Product:
    manager = ProductManager(db.session, _actor())
    product = manager.lock(row.id)
    manager.change(product, fields)
    return product


class CategoryView(ModelView):
    """Categories."""

    can_create = can_edit = can_delete = True
    form_columns = ("name", "description", "parent")

    def matching(self, text: str) -> Any:
        """Search names."""
        return CategoryManager.has_name(text)

    def on_create(self, data: dict[str, Any]) -> Category:
        """Create a category."""
        return CategoryManager(db.session).create(_category_fields(data))

    def on_edit(self, row: Category, data: dict[str, Any]) -> Category:
        """Change a category."""
        manager = CategoryManager(db.session)
        category = manager.lock(row.id)
        manager.change(category, _category_fields(data))
        return category

    def on_delete(self, row: Category) -> None:
        """Delete a category; its products stay, its children move to its parent."""
        CategoryManager(db.session).delete(row)


class LowStock(BooleanEqualFilter):
    """Stock is at or below the product's threshold."""

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Select the products whose stock is low, or the others."""
        others = or_(Product.low_stock_threshold.is_(None), ~IS_LOW)
        return query.filter(IS_LOW if value else others)


class ProductView(ModelView):
    """Products."""

    can_create = can_edit = True
    column_list = (
        "id",
        "sku",
        "name",
        "category",
        "price",
        "stock_quantity",
        "reserved_quantity",
        "low_stock_threshold",
        "is_active",
        "updated_at",
    )
    column_searchable_list = ("name", "sku", "description")
    more_filters = (LowStock(Product.stock_quantity, "Low Stock"),)
    form_columns = (
        "name",
        "sku",
        "description",
        "price",
        "category",
        "low_stock_threshold",
    )

    def matching(self, text: str) -> Any:
        """Search as the API does."""
        return and_(*ProductManager(db.session).matching({"q": text}))

    def on_create(self, data: dict[str, Any]) -> Product:
        """Create a product without stock."""
        manager = ProductManager(db.session, _actor())
        return manager.create({**_product_fields(data), "stock_quantity": 0})

    def on_edit(self, row: Product, data: dict[str, Any]) -> Product:
        """Change a product."""
        return _change_product(row, _product_fields(data))

    @action("retire", "Take off sale", "Take these products off sale?")
    def retire(self, ids: list[str]) -> None:
        """Take products off sale."""
        self.each(ids, "retire", lambda row: _change_product(row, {"is_active": False}))

    @action("return", "Put on sale", "Put these products on sale again?")
    def put_on_sale(self, ids: list[str]) -> None:
        """Put products on sale again."""
        self.each(ids, "return", lambda row: _change_product(row, {"is_active": True}))


class StockMovementView(ModelView):
    """The stock ledger; staff change stock by adding a line."""

    can_create = True
    column_list = (
        "id",
        "product",
        "delta",
        "stock_quantity",
        "kind",
        "reason",
        "reference",
        "actor",
        "created_at",
    )
    form_columns = ("product", "delta", "reason")
    form_ajax_refs = {  # noqa: RUF012
        "product": {"fields": ("name", "sku"), "page_size": 10}
    }

    def on_create(self, data: dict[str, Any]) -> StockMovement:
        """Adjust a product's stock."""
        product = data.pop("product")
        fields = _checked(AdjustmentSchema, data)
        return StockManager(db.session, _actor()).adjust(product.id, **fields)


class PriceChangeView(ModelView):
    """The history of prices, read-only."""

    column_list = (
        "id",
        "product",
        "before",
        "after",
        "actor",
        "correlation_id",
        "created_at",
    )


class ReservationView(ModelView):
    """Reservations, read-only."""

    hidden = ("version",)


class ReservationItemView(ModelView):
    """Lines of reservations, read-only."""

    unsorted = ("name",)


def init_app(app: Flask) -> None:
    """Serve the panel at /admin/."""
    views = [
        ProductView(Product, db, name="Products"),
        CategoryView(Category, db, name="Categories"),
        StockMovementView(StockMovement, db, name="Stock ledger"),
        PriceChangeView(PriceChange, db, name="Prices"),
        ReservationView(Reservation, db, name="Reservations"),
        ReservationItemView(ReservationItem, db, name="Reserved items"),
        ModelView(ReservationHistory, db, name="Reservation history"),
    ]
    chassis.admin.init_app(app, "Products", db, views)
