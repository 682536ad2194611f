"""The words that are meant."""

from typing import Any

import pytest
from flask import Flask

from chassis import reads
from product_svc.search.vocabulary import MOST_BEGINNINGS, Vocabulary, is_close


@pytest.fixture
def vocabulary(app: Flask) -> Any:
    with app.app_context():
        yield Vocabulary(reads.every)


@pytest.mark.parametrize(
    ("word", "other", "close"),
    [
        ("kadhai", "kadai", True),
        ("kdaai", "kadai", True),
        ("kadao", "kadai", True),
        ("adaik", "kadai", False),
        ("ressure", "pressure", True),
        ("ooker-xx", "cooker-x", True),
    ],
)
def test_one_letter_or_a_swap_is_close(word: str, other: str, close: bool) -> None:
    assert is_close(word, other) is close


def test_beginnings_are_the_word_itself_and_then_the_frequent_ones(
    shop: Any, vocabulary: Any
) -> None:
    for name in ("Teak tray", "Teapot one", "Teapot two", "Tea", "Steamer"):
        shop.product(name=name)

    assert vocabulary.beginning("tea") == ["tea", "teapot", "teak"]
    assert vocabulary.beginning("teapots") == []
    assert vocabulary.known(["tea", "pot", "teapot"]) == {"tea", "teapot"}


def test_a_short_beginning_reads_so_many_words_and_no_more(
    shop: Any, vocabulary: Any
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"z{a}{b}" for a in letters[:4] for b in letters]
    shop.product(name="many", description=" ".join(words))

    found = vocabulary.beginning("z")

    assert found == words[: len(found)]
    assert len(found) <= MOST_BEGINNINGS


def test_short_words_and_numbers_have_no_similar_ones(
    shop: Any, vocabulary: Any
) -> None:
    shop.product(name="Tea 2400")

    assert vocabulary.similar("te") == vocabulary.similar("taa") == []
    assert vocabulary.similar("2410") == []
