"""The best products of a search, a page at a time.

The relevance of a product is the sum of the weights of its words. A weight is one of
ten, so a sum comes from few combinations of them, and the products of a combination are
in the order of the index. A page reads the combinations, best first, until it is full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    column,
    exists,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from product_svc.models import Product, ProductWord
from product_svc.search import entries
from product_svc.search.terms import Term
from product_svc.search.vocabulary import Read

AT_ONCE = 2  # combinations that the first statement reads
MOST_RANKED = 2  # terms whose weights are added; products must have the others, too
Place = tuple[int, int]  # the relevance and the id of the product before a page


@dataclass(frozen=True)
class Combination:
    """A word with its weight, the weights of the other terms, and their sum."""

    total: int
    word: str
    weight: int
    others: tuple[int, ...]


@dataclass(frozen=True)
class Ranking:
    """The terms of a search, the rarest first, and other conditions on products."""

    read: Read
    terms: Sequence[Term]
    conditions: Sequence[ColumnElement[bool]]
    exact: str = ""
    is_down: bool = False  # the worst products are first

    def best(self, most: int, after: Place | None) -> dict[int, int]:
        """Return {product id: relevance} of the best products after a place."""
        found: dict[int, int] = {}
        for some in _chunks(self._after(after)):
            branches = [self._branch(one, most, after) for one in some]
            for row in self.read(union_all(*branches)):
                found.setdefault(row[0], row[1])
            if len(found) >= most:
                break
        pairs = sorted(found.items(), key=lambda pair: pair[::-1], reverse=self.is_down)
        return dict(pairs[:most])

    def _after(self, after: Place | None) -> Iterator[Combination]:
        """Yield the combinations of a page and of those after it, in their order."""
        for one in self._combinations():
            beyond = one.total - after[0] if after else 0
            if (-beyond if self.is_down else beyond) >= 0:
                yield one

    def _combinations(self) -> list[Combination]:
        """Return all combinations of weights that words have, the best first."""
        first, *rest = self.terms
        stored = self._weights
        words = {self.exact: 0, **first.words}
        others = [
            sorted(
                {
                    stored_weight + added
                    for word, added in term.words.items()
                    for stored_weight in stored.get(word, ())
                }
            )
            for term in rest
        ]
        found = [
            Combination(weight + added + sum(more), word, weight, more)
            for word, added in words.items()
            for weight in stored.get(word, ())
            for more in product(*others)
        ]
        return sorted(found, key=lambda one: one.total, reverse=self.is_down)

    @cached_property
    def _weights(self) -> dict[str, list[int]]:
        """Return the weights with which each word is in the index."""
        words = [self.exact, *(word for term in self.terms for word in term.words)]
        names = values(column("word", ProductWord.word.type), name="names")
        word = names.data([(one,) for one in dict.fromkeys(words)]).cte("names")
        numbers = values(column("weight", ProductWord.weight.type), name="numbers")
        weight = numbers.data([(one,) for one in entries.WEIGHTS]).cte("numbers")
        is_one = (ProductWord.word == word.c.word) & (
            ProductWord.weight == weight.c.weight
        )
        # Not EXISTS, which PostgreSQL plans as a join with the whole index.
        some = select(literal(1)).where(is_one).limit(1).correlate(word, weight)
        both = word.join(weight, true())
        pairs = select(word.c.word, weight.c.weight, some.scalar_subquery())
        found: dict[str, list[int]] = {}
        for name, number, is_there in self.read(pairs.select_from(both)):
            if is_there:
                found.setdefault(name, []).append(number)
        return found

    def _branch(self, one: Combination, most: int, after: Place | None) -> Select[Any]:
        """Select the first products of a combination."""
        entry = aliased(ProductWord)
        pairs = zip(self.terms[1:], one.others, strict=True)
        own = one.total - sum(one.others)
        begin: list[Any] = []
        if after and one.total == after[0]:
            is_next = (
                entry.product_id.__lt__ if self.is_down else entry.product_id.__gt__
            )
            begin = [is_next(after[1])]
        order = entry.product_id.desc() if self.is_down else entry.product_id
        best = (
            select(entry.product_id)
            .join(Product, Product.id == entry.product_id)
            .where(entry.word == one.word, entry.weight == one.weight, *begin)
            .where(*(_weighs(term, weight, entry) for term, weight in pairs))
            .where(*self._not_better(self.terms[0], own, entry), *self.conditions)
            .order_by(order)
            .limit(most)
            .subquery()
        )
        return select(best.c.product_id, literal(one.total))

    def _not_better(self, term: Term, weight: int, entry: Any) -> list[Any]:
        words = {self.exact: 0, **term.words}
        stored = {word: words[word] for word in words if word in self._weights}
        return [not_(better) for better in _better(stored, weight, entry)]


def _chunks(combinations: Iterator[Combination]) -> Iterator[list[Combination]]:
    """Yield some combinations, then twice as many; those of one sum stay together."""
    some: list[Combination] = []
    most = AT_ONCE
    for _, group in groupby(combinations, key=lambda one: one.total):
        some += group
        if len(some) >= most:
            yield some
            some, most = [], 2 * most
    if some:
        yield some


def _weighs(term: Term, weight: int, entry: Any) -> ColumnElement[bool]:
    """Match the products whose best word of a term adds this weight."""
    other = aliased(ProductWord)
    is_one = [
        and_(other.word == word, other.weight == weight - added)
        for word, added in term.words.items()
        if weight - added in entries.WEIGHTS
    ]
    has = exists().where(other.product_id == entry.product_id, or_(*is_one))
    return and_(has, *(not_(one) for one in _better(term.words, weight, entry)))


def _better(words: Any, weight: int, entry: Any) -> Iterator[Any]:
    """Yield the condition that a product has a better word, where it may have one."""
    by_added: dict[int, list[str]] = {}
    for word, added in words.items():
        by_added.setdefault(added, []).append(word)
    if len([word for word in words if word]) < 2:
        return
    other = aliased(ProductWord)
    better = [
        and_(other.word.in_(some), other.weight < weight - added)
        for added, some in by_added.items()
    ]
    yield exists().where(other.product_id == entry.product_id, or_(*better))
