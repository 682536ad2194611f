"""Matches are marked in escaped texts."""

from product_svc.search.highlights import LONGEST, Highlighter
from product_svc.search.terms import Reading, Term

MARKER = Highlighter(Reading((Term({"kadai": 0, "24": 0, "cafe": 0}),)))


def test_matches_are_marked_and_everything_is_escaped() -> None:
    assert MARKER.mark("<Kadais> & CAFÉ, 24cm") == (
        "&lt;<mark>Kadais</mark>&gt; &amp; <mark>CAFÉ</mark>, <mark>24</mark>cm"
    )
    assert MARKER.mark(None) is None


def test_an_excerpt_is_around_the_first_match() -> None:
    text = "word " * 100 + "kadai" + " word" * 100

    found = MARKER.excerpt(text) or ""

    assert found.startswith("…word ")
    assert "<mark>kadai</mark>" in found
    assert found.endswith("…")
    assert len(found) < LONGEST + 20


def test_an_excerpt_without_match_is_the_beginning() -> None:
    assert (MARKER.excerpt("word " * 100) or "").startswith("word word")
