"""The catalogue's products."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Bundle, Session

from chassis import reads
from chassis.errors import Conflict, NotFound, Unprocessable
from product_svc.managers.categories import CategoryManager
from product_svc.managers.prices import PriceManager
from product_svc.managers.stock import StockManager
from product_svc.managers.words import SOURCES, WordManager
from product_svc.models import IS_LOW, Category, MovementKind, Product
from product_svc.queries import FILTERS
from product_svc.search import Highlighter, Search, understand

# The columns that clients see.
COLUMNS: tuple[Any, ...] = (
    Product.id,
    Product.sku,
    Product.name,
    Product.description,
    Product.price,
    Product.stock_quantity,
    Product.available_quantity.label("available_quantity"),
    Product.low_stock_threshold,
    Product.is_active,
    Bundle("category", Category.id, Category.name),
    Product.created_at,
    Product.updated_at,
)


class ProductManager:
    """Creates and changes products; only `StockManager` changes their stock."""

    def __init__(self, session: Session, actor: str = "system") -> None:
        self.session = session
        self.stock = StockManager(session, actor)
        self.prices = PriceManager(session, actor)
        self.words = WordManager(session)

    def search(self, filters: Mapping[str, Any]) -> Search:
        """Return the search for the products that match all filters (see `FILTERS`).

        `q`, `name` and `description` are searched in the index of words.
        """
        given = self.with_descendants(filters)
        conditions = [FILTERS[name](given[name]) for name in given if name in FILTERS]
        reading = understand(reads.every, given)
        return Search(reads.every, reading, conditions)

    def of_category(self, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Return the condition of the filter by category, if it is given."""
        given = self.with_descendants({"category": filters.get("category")})
        return [FILTERS[name](ids) for name, ids in given.items()]

    def matching(self, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Return the conditions of the products that match all filters."""
        return self.search(filters).conditions()

    def highlighted(
        self, filters: Mapping[str, Any], documents: Iterable[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return products with `highlight`: the texts with the words of `q` marked."""
        marker = Highlighter(understand(reads.every, {"q": filters.get("q")}))
        return [
            {
                **one,
                "highlight": {
                    "name": marker.mark(one["name"]),
                    "description": marker.excerpt(one["description"]),
                },
            }
            for one in documents
        ]

    def with_descendants(self, filters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the filters that have a value; categories with their descendants."""
        given = {name: value for name, value in filters.items() if value is not None}
        if "category" in given:
            tree = CategoryManager(self.session)
            given["category"] = tree.with_descendants(given["category"])
        return given

    def get(self, product_id: int) -> Row[Any]:
        """Return a product as clients see it, whether it is on sale or not."""
        row = self.session.execute(_rows().where(Product.id == product_id)).first()
        if row is None:
            raise NotFound(f"There is no product {product_id}.")
        return row

    def count_low(self, most: int) -> int:
        """Count the products on sale whose stock is low, `most` at most."""
        low = select(Product.id).where(IS_LOW, Product.is_active.is_(True)).limit(most)
        statement = select(func.count()).select_from(low.subquery())
        return self.session.scalar(statement) or 0

    def has_sku(self, sku: str) -> bool:
        """Return whether a product has this SKU."""
        statement = select(Product.id).where(Product.sku == sku)
        return self.session.scalar(statement) is not None

    def lock(self, product_id: int) -> Product:
        """Return a product, locked until the transaction ends."""
        product = self.session.get(
            Product, product_id, with_for_update={"key_share": True}
        )
        if product is None:
            raise NotFound(f"There is no product {product_id}.")
        return product

    def create(self, fields: Mapping[str, Any]) -> Product:
        """Create a product; its stock is the first line of its ledger."""
        self._check_category(fields.get("category_id"))
        product = Product(**fields)
        self.session.add(product)
        self._flush()
        self.prices.record(product)
        self.words.index([product.id])
        if product.stock_quantity:
            quantity = product.stock_quantity
            self.stock.record(
                product.id, quantity, quantity, MovementKind.INITIAL, "first stock"
            )
            self.session.flush()
        return product

    def change(self, product: Product, fields: Mapping[str, Any]) -> None:
        """Change a locked product; with reserved stock it cannot be taken off sale."""
        self._check_category(fields.get("category_id"))
        if fields.get("is_active") is False:
            _check_unreserved(product)
        for name, value in fields.items():
            setattr(product, name, value)
        self._flush()
        if "price" in fields:
            self.prices.record(product)
        if not SOURCES.isdisjoint(fields):
            self.words.index([product.id])

    def retire(self, product: Product) -> None:
        """Take a locked product off sale; its row is kept for its orders."""
        self.change(product, {"is_active": False})

    def _check_category(self, category_id: int | None) -> None:
        if category_id and self.session.get(Category, category_id) is None:
            message = f"There is no category {category_id}."
            raise Unprocessable(message, errors={"category_id": [message]})

    def _flush(self) -> None:
        try:
            self.session.flush()
        except IntegrityError as error:
            if "sku" not in str(error.orig):
                raise
            message = "Another product has this SKU."
            raise Conflict(message, code="sku_taken") from None


def _rows() -> Select[Any]:
    return select(*COLUMNS).outerjoin(Category, Product.category_id == Category.id)


def _check_unreserved(product: Product) -> None:
    if product.reserved_quantity:
        raise Conflict(
            f"Open orders have reserved {product.reserved_quantity} of this product.",
            code="open_reservations",
        )
