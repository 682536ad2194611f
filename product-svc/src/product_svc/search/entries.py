"""What the index has of a product and of a word; pure functions of the catalogue."""

from collections.abc import Iterable
from typing import NamedTuple

from chassis import folding
from product_svc.models.words import LONGEST_ENTRY
from product_svc.search.plurals import singular

LONGEST_WORD, MOST_WORDS = 40, 300
# Weights by where a word is. They are even when the description has the word, too.
EXACT, FIRST, NAME, SKU, CATEGORY, DESCRIPTION = 0, 10, 20, 30, 50, 70
ELSEWHERE = 1  # added when the description does not have the word
WEIGHTS = (
    EXACT,
    *(w + n for w in (FIRST, NAME, SKU, CATEGORY) for n in (0, 1)),
    DESCRIPTION,
)
SHORTEST_PART, LONGEST_PARTED = 3, 20
END, MISSPELLED = "e", "m"  # the kinds of parts


class Source(NamedTuple):
    """The texts of a product that are searched."""

    name: str
    description: str | None = None
    sku: str | None = None
    category: str | None = None


def split(text: str | None) -> list[str]:
    """Return the folded words of a text, each cut to the longest of the index."""
    return [word[:LONGEST_WORD] for word in folding.words(text or "")]


def exact(text: str) -> str:
    """Return the entry of a whole name or SKU, which is compared word by word."""
    return f"={' '.join(split(text))}"[:LONGEST_ENTRY]


def weights(source: Source) -> dict[str, int]:
    """Return the index's entries of a product and their weights."""
    found: dict[str, int] = {}
    for words, weight in _ranked(source):
        for word in words:
            for form in (word, singular(word)):
                found.setdefault(form, weight + ELSEWHERE)
    described = split(source.description)
    for word in described[:MOST_WORDS]:
        for form in (word, singular(word)):
            found[form] = found.get(form, DESCRIPTION) & ~ELSEWHERE
    return found | {exact(text): EXACT for text in (source.name, source.sku) if text}


def _ranked(source: Source) -> Iterable[tuple[list[str], int]]:
    name = split(source.name)
    return (
        (name[:1], FIRST),
        (name[1:], NAME),
        (split(source.sku), SKU),
        (split(source.category), CATEGORY),
    )


def text(source: Source) -> str:
    """Return a product's words in their order; a phrase is in one of its texts."""
    texts = map(split, (source.name, source.description, source.sku))
    return "".join(f" {' '.join(words)} |" for words in texts)


def category_words(name: str) -> set[str]:
    """Return the words that a category's name adds to its products."""
    return {form for word in split(name) for form in (word, singular(word))}


def parts(word: str) -> set[tuple[str, str]]:
    """Return the kinds and parts of a word; none of one that is no word of letters."""
    if not SHORTEST_PART <= len(word) <= LONGEST_PARTED or not is_letters(word):
        return set()
    ends = {(END, word[at:]) for at in range(len(word) - SHORTEST_PART + 1)}
    return ends | {(MISSPELLED, one) for one in without_a_letter(word)}


def is_letters(word: str) -> bool:
    """Return whether a word has no digits and is no exact entry."""
    return not word.startswith("=") and not word[:1].isnumeric()


def without_a_letter(word: str) -> set[str]:
    """Return a word, and all words that it is without one of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
