"""Suggestions for a search box: products and categories, while a person types."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.folding import words
from product_svc.models import Category, Product
from product_svc.search import Search, read

MOST_PRODUCTS, MOST_CATEGORIES = 8, 5


class SuggestionManager:
    """Finds the few best products and categories."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def suggest(self, typed: str) -> dict[str, Any]:
        """Return `{products, categories}`, each rows of (id, name), best first."""
        return {
            "products": self._products(typed),
            "categories": self._categories(" ".join(words(typed))),
        }

    def _products(self, typed: str) -> Any:
        reading = read(self.session, {"q": typed})
        found = Search(self.session, reading, [Product.is_active.is_(True)])
        best = found.ranked(MOST_PRODUCTS)
        statement = (
            select(Product.id, Product.name)
            .join(best, best.c.product_id == Product.id)
            .order_by(best.c.relevance, Product.id)
        )
        return self.session.execute(statement.limit(MOST_PRODUCTS)).all()

    def _categories(self, beginning: str) -> Any:
        if not beginning:
            return []
        name = Category.folded_name
        begins = name.startswith(beginning, autoescape=True)
        inside = name.contains(f" {beginning}", autoescape=True)
        statement = select(Category.id, Category.name).where(or_(begins, inside))
        statement = statement.order_by(inside, Category.name_sort_key, Category.id)
        return self.session.execute(statement.limit(MOST_CATEGORIES)).all()
