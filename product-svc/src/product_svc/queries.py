"""The hot reads of the catalogue, as statements that are built once."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from product_svc.models import IS_LOW, Category, Product

P, C = Product.__table__.c, Category.__table__.c
AVAILABLE = P.stock_quantity - P.reserved_quantity
# The members of a product in JSON, in their order; `category` is an id here.
MEMBERS: dict[str, Any] = {
    "id": P.id,
    "sku": P.sku,
    "name": P.name,
    "description": P.description,
    "price": P.price,
    "stock_quantity": P.stock_quantity,
    "available_quantity": AVAILABLE,
    "low_stock_threshold": P.low_stock_threshold,
    "is_active": P.is_active,
    "category": P.category_id,
    "created_at": P.created_at,
    "updated_at": P.updated_at,
}
PRODUCTS = select(
    *(column.label(name) for name, column in MEMBERS.items()),
    C.name.label("category_name"),
    P.name_sort_key,
).select_from(Product.__table__.outerjoin(Category.__table__))
PRODUCT = PRODUCTS.where(P.id == bindparam("id"))
SORTS = {
    "name": P.name_sort_key,
    **{name: P[name] for name in ("id", "price", "created_at", "stock_quantity")},
}
FILTERS: dict[str, Any] = {
    "category": lambda ids: P.category_id.in_(ids),
    "ids": lambda ids: P.id.in_(ids),
    "price": lambda amount: P.price == amount,
    "min_price": lambda amount: P.price >= amount,
    "max_price": lambda amount: P.price <= amount,
    "in_stock": lambda wanted: (AVAILABLE > 0) == wanted,
    "low_stock": lambda _: IS_LOW,  # it is never false
    "is_active": lambda wanted: P.is_active == wanted,
}


def document(row: Row[Any]) -> dict[str, Any]:
    """Return the JSON members of a row of `PRODUCTS`."""
    found = dict(zip(MEMBERS, row, strict=False))
    if row.category is not None:
        found["category"] = {"id": row.category, "name": row.category_name}
    return found
