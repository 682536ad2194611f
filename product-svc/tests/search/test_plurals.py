"""A word and its plural meet in one form."""

import pytest

from product_svc.search.plurals import singular

PAIRS = [
    ("kadais", "kadai"),
    ("glasses", "glass"),
    ("boxes", "box"),
    ("knives", "knife"),
    ("tomatoes", "tomato"),
    ("shoes", "shoe"),
    ("berries", "berry"),
    ("ties", "tie"),
    ("dishes", "dish"),
    ("watches", "watch"),
    ("vases", "vase"),
    ("spices", "spice"),
    ("lenses", "lens"),
    ("buses", "bus"),
    ("menus", "menu"),
    ("women", "woman"),
]


@pytest.mark.parametrize(("plural", "one"), PAIRS)
def test_a_plural_has_the_form_of_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == singular(one)


@pytest.mark.parametrize("word", ["gas", "glass", "bus", "tea", "24", "s", "", "चाय"])
def test_another_word_stays(word: str) -> None:
    assert singular(word) == word
