"""Facets: how many of the matching products have which category, price and stock."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chassis import reads
from product_svc.managers.products import ProductManager
from product_svc.models import Category, Product

MOST = 10_000
# The ranges of prices begin here; the last has no end.
PRICES = tuple(map(Decimal, (0, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000)))
CENT = Decimal("0.01")


class FacetManager:
    """Counts the products of a search; it stops after ten thousand."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def count(self, filters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the counts of the products that match all filters.

        `is_more`: there are more products, and the counts are of the first of them.
        """
        rows, is_more = self._rows(filters)
        in_stock = sum(row.available_quantity > 0 for row in rows)
        return {
            "count": len(rows),
            "is_more": is_more,
            "categories": self._categories(rows),
            "prices": _prices(rows),
            "in_stock": in_stock,
            "out_of_stock": len(rows) - in_stock,
        }

    def _rows(self, filters: Mapping[str, Any]) -> tuple[Sequence[Row[Any]], bool]:
        available = Product.available_quantity.label("available_quantity")
        statement = (
            select(Product.category_id, Product.price, available)
            .where(*ProductManager(self.session).matching(filters))
            .order_by(Product.id)
            .limit(MOST + 1)
        )
        rows = reads.every(statement)
        return rows[:MOST], len(rows) > MOST

    def _categories(self, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
        counts = Counter(row.category_id for row in rows)
        statement = select(Category.id, Category.name).where(Category.id.in_(counts))
        found = [
            {"id": row.id, "name": row.name, "count": counts[row.id]}
            for row in reads.every(statement)
        ]
        return sorted(found, key=lambda one: (-one["count"], one["id"]))


def _prices(rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """Return the ranges of prices that have products; both ends are included."""
    counts = Counter(bisect_right(PRICES, row.price) for row in rows)
    ends = (*(price - CENT for price in PRICES[1:]), None)
    return [
        {"min_price": start, "max_price": end, "count": counts[at]}
        for at, (start, end) in enumerate(zip(PRICES, ends, strict=True), start=1)
        if counts[at]
    ]
