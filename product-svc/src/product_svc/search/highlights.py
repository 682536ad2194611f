"""Marks the words in a text for which a product was found."""

from html import escape

import regex

from product_svc.search import entries
from product_svc.search.plurals import singular
from product_svc.search.terms import Reading

BEFORE, LONGEST = 60, 200  # characters of a text before its first mark, and of all
_WORD = regex.compile(r"\p{N}+|\p{L}(?:[\p{L}\p{M}\p{Cf}]|['\u2019](?=\p{L}))*")


class Highlighter:
    """Marks the words of a search in the texts of products."""

    def __init__(self, reading: Reading) -> None:
        self.words = {word for term in reading.terms for word in term.words}

    def mark(self, text: str | None) -> str | None:
        """Return a text as HTML, escaped, with its matches in `<mark>`."""
        if text is None:
            return None
        parts, end = [], 0
        for found in _WORD.finditer(text):
            if self._is_match(found[0]):
                parts += [
                    escape(text[end : found.start()]),
                    f"<mark>{escape(found[0])}</mark>",
                ]
                end = found.end()
        return "".join([*parts, escape(text[end:])])

    def excerpt(self, text: str | None) -> str | None:
        """Return the part of a long text around its first match, marked."""
        if text is None or len(text) <= LONGEST:
            return self.mark(text)
        start = self._start(text)
        end = start + LONGEST
        begins, ends = "…" if start else "", "…" if end < len(text) else ""
        return f"{begins}{self.mark(text[start:end])}{ends}"

    def _start(self, text: str) -> int:
        """Return where the excerpt begins: at a word before the first match."""
        for found in _WORD.finditer(text):
            if self._is_match(found[0]):
                before = max(found.start() - BEFORE, 0)
                return text.find(" ", before, found.start()) + 1 if before else 0
        return 0

    def _is_match(self, typed: str) -> bool:
        split = entries.split(typed)
        return any(word in self.words or singular(word) in self.words for word in split)
