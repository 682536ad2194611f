"""Text search: filters and a rank. The only module that depends on an SQL dialect."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, or_

from product_svc.models import Product

MOST_WORDS = 10


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Match columns that contain the text, in upper or lower case."""
    found: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return found


def words(text: str) -> list[str]:
    """Return the first ten distinct words of a search."""
    return list(dict.fromkeys(text.split()))[:MOST_WORDS]


def matches(text: str) -> ColumnElement[bool]:
    """Match products that have every word in their name or description."""
    return and_(
        *(
            or_(contains(Product.name, word), contains(Product.description, word))
            for word in words(text)
        )
    )


def rank(text: str | None) -> ColumnElement[int]:
    """Return how far a product is from the search; 0 is the best match.

    Each word adds 0 when a word of the name begins with it, 1 when the name contains
    it, and 2 when only the description does.
    """
    distance: ColumnElement[int] = literal(0)
    for word in words(text or ""):
        begins = or_(
            Product.name.istartswith(word, autoescape=True),
            contains(Product.name, f" {word}"),
        )
        inside = contains(Product.name, word)
        distance = distance + case((begins, 0), (inside, 1), else_=2)
    return distance
