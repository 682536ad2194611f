"""I18: the index of the text search."""

from collections.abc import Iterable
from typing import Any

from devtools.audit.books import Books, Found
from product_svc.search import entries

SHOWN = 5  # words of a product


def wrong_words(books: Books) -> Found:
    """I18: words that are missing, left over, or have another weight."""
    names = {row.id: row.name for row in books.categories}
    found = {row.product_id: _parsed(row.entries) for row in books.product_words}
    texts = {row.product_id: row.words for row in books.product_texts}
    for row in books.products:
        category = names.get(row.category_id)
        source = entries.Source(row.name, row.description, row.sku, category)
        wanted = set(entries.weights(source).items())
        stored = found.get(row.id, set())
        if wanted != stored or texts.get(row.id) != entries.text(source):
            yield {
                "product": row.id,
                "missing": _shown(wanted - stored),
                "left over": _shown(stored - wanted),
                "next step": "flask --app product_svc rebuild-words",
            }


def _parsed(joined: str) -> set[tuple[str, int]]:
    pairs = (pair.rpartition(":") for pair in joined.split("\n"))
    return {(word, int(weight)) for word, _, weight in pairs}


def _shown(pairs: Iterable[tuple[str, int]]) -> dict[str, Any]:
    return dict(sorted(pairs)[:SHOWN])
