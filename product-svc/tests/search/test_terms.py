"""How a search is read."""

from typing import Any

import pytest
from flask import Flask

from chassis.reads import every
from product_svc.search import understand
from product_svc.search.terms import AS_BEGINNING, AS_MISSPELLED, MOST_WORDS


@pytest.fixture
def reads(app: Flask) -> Any:
    with app.app_context():
        yield lambda **filters: understand(every, filters)


def test_the_last_word_may_be_incomplete(shop: Any, reads: Any) -> None:
    shop.product(name="Iron kadai, ironing")

    found = reads(q="iron").terms
    assert [dict(term.words) for term in found] == [
        {"iron": 0, "ironing": AS_BEGINNING}
    ]
    assert [dict(term.words) for term in reads(q="iron kad").terms] == [
        {"iron": 0},
        {"kadai": AS_BEGINNING},
    ]
    assert reads(q="kad iron").is_hopeless


def test_a_word_that_nothing_has_is_read_as_a_similar_one(
    shop: Any, reads: Any
) -> None:
    shop.product(name="Pressure cooker")

    words = [dict(term.words) for term in reads(q="presure coker").terms]

    assert words == [{"pressure": AS_MISSPELLED}, {"cooker": AS_MISSPELLED}]


def test_quotes_make_phrases_of_whole_words(shop: Any, reads: Any) -> None:
    shop.product(name="Cast iron kadai")

    assert reads(q='"cast iron" kadai').phrases == ("cast iron",)
    assert reads(q='kadai "cast iron').phrases == ("cast iron",)
    assert reads(q='"cast ir"').is_hopeless
    assert reads(q='"iron"').phrases == ()


def test_no_more_than_ten_words_are_read(shop: Any, reads: Any) -> None:
    words = [f"w{letter}" for letter in "abcdefghijklmnop"]
    shop.product(name="x", description=" ".join(words))

    assert len(reads(q=" ".join(words)).terms) == MOST_WORDS
    assert len(reads(description=" ".join(words)).filters) == MOST_WORDS


@pytest.mark.parametrize("typed", ["%", '"', "☕", "---"])
def test_a_text_without_words_finds_nothing(reads: Any, typed: str) -> None:
    assert reads(q=typed).is_hopeless
    assert reads(name=typed).is_hopeless
