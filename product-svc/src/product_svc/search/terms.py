"""Reads a search: words, phrases in quotes, and the filters by name and description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import regex
from sqlalchemy import ColumnElement, and_, true

from product_svc.search import entries
from product_svc.search.plurals import singular
from product_svc.search.vocabulary import Read, Vocabulary, spans

MOST_WORDS = 10
AS_BEGINNING, AS_MISSPELLED = 22, 100  # what a word that is not as typed adds
QUOTES = '"“”„«»'
_QUOTED = regex.compile(rf"[{QUOTES}]([^{QUOTES}]*)(?:[{QUOTES}]|$)")


class Place(Enum):
    """Where a word must be."""

    ANYWHERE = "anywhere"
    NAME = "name"
    DESCRIPTION = "description"


@dataclass(frozen=True)
class Term:
    """Words of which a product must have one, each with what it adds to the weight.

    `beginning` replaces the words: every word of the index that begins with it.
    """

    words: Mapping[str, int] = field(default_factory=dict)
    beginning: str = ""
    place: Place = Place.ANYWHERE

    def matches(self, entry: Any) -> ColumnElement[bool]:
        """Match entries (of ProductWord) of the words at the place."""
        is_one = entry.word.in_(list(self.words))
        if self.beginning:
            is_one = spans(entry.word, self.beginning)
        return and_(is_one, self._is_in_place(entry))

    def _is_in_place(self, entry: Any) -> ColumnElement[bool]:
        conditions: dict[Place, ColumnElement[bool]] = {
            Place.NAME: entry.weight < entries.SKU,
            Place.DESCRIPTION: entry.weight % 2 == 0,
        }
        return conditions.get(self.place, true())


@dataclass(frozen=True)
class Reading:
    """A search as it was understood: `terms` are those of `q`, which rank products.

    `is_hopeless`: it has no words, or one that no product has.
    """

    terms: tuple[Term, ...] = ()
    filters: tuple[Term, ...] = ()
    phrases: tuple[str, ...] = ()
    exact: str = ""
    is_hopeless: bool = False


def understand(read: Read, filters: Mapping[str, Any]) -> Reading:
    """Read `q`, `name` and `description` with the words of the index."""
    reader, typed = _Reader(Vocabulary(read)), filters.get("q")
    terms: list[Term | None] = [] if typed is None else reader.terms(typed)
    others = [
        term
        for place in (Place.NAME, Place.DESCRIPTION)
        if filters.get(place.value) is not None
        for term in reader.parts(filters[place.value], place)
    ]
    return Reading(
        tuple(filter(None, terms)),
        tuple(filter(None, others)),
        tuple(_phrases(typed or "")),
        entries.exact(typed or ""),
        is_hopeless=None in terms or None in others,
    )


def _phrases(typed: str) -> list[str]:
    """Return the phrases in quotes; one that does not end goes to the end."""
    split = (entries.split(text) for text in _QUOTED.findall(typed))
    return [" ".join(words) for words in split if len(words) > 1]


class _Reader:
    """Finds the words that are meant; None stands for words that no product has."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def terms(self, typed: str) -> list[Term | None]:
        words = list(dict.fromkeys(entries.split(typed)))[:MOST_WORDS]
        if not words:
            return [None]
        whole = words if typed.rstrip()[-1:] in QUOTES else words[:-1]
        terms = self._whole([singular(word) for word in whole])
        return terms if whole is words else [*terms, self._begun(words[-1])]

    def _whole(self, forms: list[str]) -> list[Term | None]:
        known = self.vocabulary.known(forms)
        return [
            Term({form: 0}) if form in known else self._misspelled(form)
            for form in forms
        ]

    def _begun(self, word: str) -> Term | None:
        """Read the last word, which may not be complete yet."""
        form, found = singular(word), self.vocabulary.beginning(word)
        words = {one: 0 if one == word else AS_BEGINNING for one in found}
        if form != word:
            words |= dict.fromkeys(self.vocabulary.known([form]), 0)
        return Term(words) if words else self._misspelled(form)

    def _misspelled(self, word: str) -> Term | None:
        found = self.vocabulary.similar(word)
        return Term(dict.fromkeys(found, AS_MISSPELLED)) if found else None

    def parts(self, text: str, place: Place) -> list[Term | None]:
        """Read a filter: words that contain its words, or begin with short ones."""
        words = list(dict.fromkeys(entries.split(text)))[:MOST_WORDS]
        return [self._part(word, place) for word in words] or [None]

    def _part(self, word: str, place: Place) -> Term | None:
        if len(word) < entries.SHORTEST_PART:
            return Term(beginning=word, place=place)
        found = self.vocabulary.containing(word)
        return Term(dict.fromkeys(found, 0), place=place) if found else None
