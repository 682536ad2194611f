"""Suggestions for a search box: products and categories, while a person types."""

from typing import Any

from sqlalchemy import bindparam, or_, select

from chassis import reads
from chassis.folding import words
from product_svc.models import Category, Product
from product_svc.search import Search, understand

NAMES = select(Product.id, Product.name).where(
    Product.id.in_(bindparam("ids", expanding=True))
)
MOST_PRODUCTS, MOST_CATEGORIES = 8, 5


class SuggestionManager:
    """Finds the few best products and categories."""

    def suggest(self, typed: str) -> dict[str, Any]:
        """Return `{products, categories}`, each rows of (id, name), best first."""
        return {
            "products": self._products(typed),
            "categories": self._categories(" ".join(words(typed))),
        }

    def _products(self, typed: str) -> Any:
        reading = understand(reads.every, {"q": typed})
        found = Search(reads.every, reading, [Product.is_active.is_(True)])
        best = list(found.ranked(MOST_PRODUCTS, None))
        rows = {row.id: row for row in reads.every(NAMES, ids=best)}
        return [rows[one] for one in best if one in rows]

    def _categories(self, beginning: str) -> Any:
        if not beginning:
            return []
        name = Category.folded_name
        begins = name.startswith(beginning, autoescape=True)
        inside = name.contains(f" {beginning}", autoescape=True)
        statement = select(Category.id, Category.name).where(or_(begins, inside))
        statement = statement.order_by(inside, Category.name_sort_key, Category.id)
        return reads.every(statement.limit(MOST_CATEGORIES))
