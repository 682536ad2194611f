"""Simple search: filters that contain, and a rank; the one place for SQL dialects."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, or_

from product_svc.models import Product

MOST_WORDS = 10


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Match where the text stands in the column, whatever its case."""
    found: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return found


def words(text: str) -> list[str]:
    """Return the distinct words of a search, the first ten of them."""
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
    """Return how far the name is from the words: 0 comes first.

    A word that begins one of the name's words is nearest, then one inside of a word,
    then one that the description alone has.
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
