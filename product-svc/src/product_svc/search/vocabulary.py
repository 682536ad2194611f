"""The words of the index that the words of a search mean; every query is bounded."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all

from product_svc.models import ProductWord, WordPart
from product_svc.search import entries

# Returns the rows of a statement, as `chassis.reads.every` does.
Read = Callable[[Any], Sequence[Any]]
LAST = "\U0010ffff"  # sorts after every letter
MOST_BEGINNINGS, MOST_FORMS, MOST_CONTAINING, MOST_SIMILAR = 60, 16, 100, 5
ENOUGH = 300  # products of a word; more do not make a word more important
SHORTEST_MISSPELLED, LONG = 4, 8


def spans(column: Any, beginning: str) -> ColumnElement[bool]:
    """Match words with this beginning, as a range of an index."""
    found: ColumnElement[bool] = column.between(beginning, beginning + LAST)
    return found


class Vocabulary:
    """Finds words of the index; all lists are the same on every database."""

    def __init__(self, read: Read) -> None:
        self.read = read

    def beginning(self, prefix: str) -> list[str]:
        """Return the most frequent words that begin with a text; itself is first.

        Of a short text, the first words of the alphabet are compared alone.
        """
        word = ProductWord.word
        first = select(func.min(word).label("word"), literal(1).label("nth"))
        steps = first.where(spans(word, prefix)).cte("steps", recursive=True)
        after = (word > steps.c.word) & (word <= prefix + LAST)
        following = select(func.min(word)).where(after).correlate(steps)
        steps = steps.union_all(
            select(following.scalar_subquery(), steps.c.nth + 1).where(
                steps.c.word.is_not(None), steps.c.nth < MOST_BEGINNINGS
            )
        )
        products = size(word == steps.c.word, ENOUGH, steps)
        found = self.read(select(steps.c.word, products))
        return _frequent(found, prefix)[:MOST_FORMS]

    def known(self, words: Sequence[str]) -> set[str]:
        """Return those of the words that a product has."""
        return {word for word, _ in self._sizes(words, 1)}

    def similar(self, word: str) -> list[str]:
        """Return words that differ from a misspelled one by a letter or a swap."""
        if len(word) < SHORTEST_MISSPELLED or not entries.is_letters(word):
            return []
        statement = (
            select(WordPart.word)
            .distinct()
            .where(
                WordPart.kind == entries.MISSPELLED,
                WordPart.part.in_(entries.without_a_letter(word)),
            )
        )
        close = [one for (one,) in self.read(statement) if is_close(word, one)]
        return _frequent(self._sizes(close, ENOUGH), word)[:MOST_SIMILAR]

    def containing(self, text: str) -> list[str]:
        """Return the first words in which a text of three letters or more is."""
        inside = select(WordPart.word).where(
            WordPart.kind == entries.END, spans(WordPart.part, text)
        )
        limited = inside.distinct().order_by(WordPart.word).limit(MOST_CONTAINING)
        found = {one for (one,) in self.read(limited)}
        return sorted({*found, *self.beginning(text)})

    def _sizes(self, words: Sequence[str], most: int) -> Sequence[Any]:
        """Return (word, number of products) of words that products have."""
        counts = [
            select(literal(one), size(ProductWord.word == one, most)) for one in words
        ]
        rows = self.read(union_all(*counts)) if counts else []
        return [row for row in rows if row[1]]


def _frequent(rows: Iterable[Any], word: str) -> list[str]:
    """Sort rows of (word, number): the word itself, then the most frequent."""
    found = [row for row in rows if row[0] is not None]
    found.sort(key=lambda row: (row[0] != word, -row[1], row[0]))
    return [row[0] for row in found]


def size(condition: ColumnElement[bool], most: int, *outside: Any) -> Any:
    """Return the number of entries, counted up to `most`, as a column."""
    some = select(literal(1).label("one")).where(condition).limit(most)
    counted = select(func.count()).select_from(some.correlate(*outside).subquery())
    return counted.correlate(*outside).scalar_subquery()


def is_close(word: str, other: str) -> bool:
    """Compare two words that are the same without a letter of one or both.

    Such words of one length differ by a letter, by two swapped, or by one that has
    moved; the last is close in long words alone.
    """
    if len(word) != len(other):
        return True
    at = [n for n, (a, b) in enumerate(zip(word, other, strict=True)) if a != b]
    is_swap = len(at) == 2 and at[1] == at[0] + 1 and word[at[0]] == other[at[1]]
    return len(at) <= 1 or is_swap or len(word) >= LONG
