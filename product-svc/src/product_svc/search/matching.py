"""The statements of a search: which products match, and how well.

Few matches are read by the index of words; of many, the database reads the list in its
order and tests each row.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from product_svc.models import Product, ProductText, ProductWord
from product_svc.search.terms import Reading, Term
from product_svc.search.vocabulary import Read, size

FEW = 20_000  # products of a term that are read and sorted in a moment
BEST = 1000  # matches of a word that a list by relevance ranks
NOTHING = Product.id.in_([])  # of a constant, SQLite would plan to read the table


class Search:
    """The conditions of one search, with other conditions on products."""

    def __init__(
        self,
        read: Read,
        reading: Reading,
        conditions: Sequence[ColumnElement[bool]] = (),
    ) -> None:
        self.read = read
        self.reading = reading
        self.others = (*conditions, *map(_has_phrase, reading.phrases))

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a matching product fulfils, for a list in any order."""
        if self.reading.is_hopeless:
            return [NOTHING]
        terms = (*self.reading.terms, *self.reading.filters)
        if not terms:
            return list(self.others)
        first, *rest = self._by_size(terms)
        return [_among(*first), *self.others, *(_has(term) for term, _ in rest)]

    def ranked(self, most: int | None) -> Any:
        """Return a subquery of (product_id, relevance); 0 is the best.

        It has all products with one of the best matches of each word, so its list ends
        after a thousand of each; `most` is how many are wanted of the beginning.
        """
        if self.reading.is_hopeless:
            nothing = select(Product.id.label("product_id"), literal(0).label("weight"))
            return _summed(nothing.where(NOTHING).subquery(), [])
        first, *rest = self._rarest_first()
        limit = most if most and not rest else BEST
        tested = map(_has, (*rest, *self.reading.filters))
        conditions = [*self.others, *tested]
        words = {self.reading.exact: 0, **first.words}
        branches = [
            _best(word, added, conditions, limit) for word, added in words.items()
        ]
        return _summed(union_all(*branches).subquery(), rest)

    def _rarest_first(self) -> list[Term]:
        terms = list(self.reading.terms)
        return terms if len(terms) == 1 else [t for t, _ in self._by_size(terms)]

    def _by_size(self, terms: Sequence[Term]) -> list[tuple[Term, int]]:
        """Return the terms and how many entries they have, the rarest first."""
        columns = [size(term.matches(ProductWord), FEW) for term in terms]
        sizes = self.read(select(*columns))[0]
        pairs = zip(terms, sizes, strict=True)
        return sorted(pairs, key=lambda pair: pair[1])


def _has(term: Term) -> ColumnElement[bool]:
    entry = aliased(ProductWord)
    return exists().where(entry.product_id == Product.id, term.matches(entry))


def _among(term: Term, size: int) -> ColumnElement[bool]:
    """Match the products of a term; few of them are read before anything else."""
    entry = aliased(ProductWord)
    ids = select(entry.product_id).where(term.matches(entry))
    return Product.id.in_(ids.limit(FEW) if size < FEW else ids)


def _has_phrase(phrase: str) -> ColumnElement[bool]:
    return exists().where(
        ProductText.product_id == Product.id,
        ProductText.words.contains(f" {phrase} "),
    )


def _best(
    word: str, added: int, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """Select the best products of a word."""
    entry = aliased(ProductWord)
    best = (
        select(entry.product_id, (entry.weight + added).label("weight"))
        .join(Product, Product.id == entry.product_id)
        .where(entry.word == word, *conditions)
        .order_by(entry.weight, entry.product_id)
        .limit(limit)
        .subquery()
    )
    return select(best.c.product_id, best.c.weight)


def _summed(best: Any, rest: list[Term]) -> Any:
    """Add the weights of all terms, for each product."""
    weights: list[Any] = [func.min(best.c.weight)]
    weights += [_weight(term, best) for term in rest]
    return (
        select(best.c.product_id, reduce(add, weights).label("relevance"))
        .group_by(best.c.product_id)
        .subquery("matches")
    )


def _weight(term: Term, best: Any) -> Any:
    entry = aliased(ProductWord)
    least = select(func.min(entry.weight)).where(
        entry.product_id == best.c.product_id, term.matches(entry)
    )
    return least.correlate(best).scalar_subquery()
