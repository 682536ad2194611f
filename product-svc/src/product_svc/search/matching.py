"""The statements of a search: which products match, and how well.

Few matches are read by the index of words; of many, the database reads the list in its
order and tests each row.
"""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import (
    ColumnElement,
    exists,
    func,
    intersect,
    select,
)
from sqlalchemy.orm import aliased

from product_svc.models import Product, ProductText, ProductWord
from product_svc.search.ranking import MOST_RANKED, Place, Ranking
from product_svc.search.terms import Reading, Term
from product_svc.search.vocabulary import Read, size

FEW = 20_000  # products of a term that are read and sorted in a moment
# Of so many products of the rarest word, fewer than RARE have the other words too: all
# products are found at once by the index, if there are no more than MOST_IDS.
SAMPLE, RARE, MOST_IDS = 1000, 20, 2000
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

    @property
    def is_frequent(self) -> bool:
        """Return whether each word that is searched has many products."""
        return bool(self._sized) and self._sized[0][1] >= FEW

    def tests(self) -> list[ColumnElement[bool]]:
        """Return what a matching product fulfils, for rows that are read anyway."""
        if self.reading.is_hopeless:
            return [NOTHING]
        return [*self.others, *(_has(term) for term, _ in self._sized)]

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a matching product fulfils, for a list in any order."""
        if self.reading.is_hopeless:
            return [NOTHING]
        if not self._sized:
            return list(self.others)
        if self.is_frequent and self._is_rare and (ids := self._ids()) is not None:
            return [Product.id.in_(ids)]
        first, *rest = self._sized
        return [_among(*first), *self.others, *(_has(term) for term, _ in rest)]

    def ranked(
        self, most: int, after: Place | None, *, is_down: bool = False
    ) -> dict[int, int]:
        """Return {product id: relevance} of the best products; 0 is the best.

        `after` is the relevance and the id of the product before the page.
        """
        if self.reading.is_hopeless:
            return {}
        mine = list(self.reading.terms)
        if len(mine) > MOST_RANKED:
            mine = [term for term, _ in self._sized if term in mine]
        ranked, more = mine[:MOST_RANKED], (*mine[MOST_RANKED:], *self.reading.filters)
        conditions = [*self.others, *map(_has, more)]
        exact = self.reading.exact
        ranking = Ranking(self.read, ranked, conditions, exact, is_down)
        return ranking.best(most, after)

    @cached_property
    def _sized(self) -> list[tuple[Term, int]]:
        """All terms and how many entries they have, the rarest first."""
        terms = (*self.reading.terms, *self.reading.filters)
        columns = [size(term.matches(ProductWord), FEW) for term in terms]
        sizes = self.read(select(*columns))[0] if columns else ()
        return sorted(zip(terms, sizes, strict=True), key=lambda pair: pair[1])

    @cached_property
    def _is_rare(self) -> bool:
        """Whether few of the first products of the rarest word match the rest."""
        first, *rest = (term for term, _ in self._sized)
        if not rest and not self.reading.phrases:
            return False
        entry = aliased(ProductWord)
        some = select(entry.product_id).where(first.matches(entry)).limit(SAMPLE)
        mine = Product.id.in_(some.scalar_subquery())
        matching = select(func.count()).select_from(Product)
        matching = matching.where(mine, *self.others, *map(_has, rest))
        return bool(self.read(matching)[0][0] < RARE)

    def _ids(self) -> list[int] | None:
        """Return the ids of all matching products, or None when they are many."""
        entries = (aliased(ProductWord) for _ in self._sized)
        each = [
            select(entry.product_id).where(term.matches(entry))
            for entry, (term, _) in zip(entries, self._sized, strict=True)
        ]
        both = intersect(*each).subquery()
        ids = select(Product.id).join(both, both.c.product_id == Product.id)
        found = self.read(ids.where(*self.others).limit(MOST_IDS + 1))
        return None if len(found) > MOST_IDS else [one for (one,) in found]


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
