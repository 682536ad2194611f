"""One folding for every search: case and accents go, letters stay."""

import pytest

from chassis.folding import fold, words

ALIKE = [
    ("CAFÉ", "cafe"),
    ("cafe\u0301", "cafe"),
    ("Straße", "strasse"),
    ("ΆΛΦΑ", "αλφα"),
    ("Ёлка", "елка"),
    ("İZMİR", "izmir"),
    ("Łódź", "lodz"),
    ("Smørrebrød", "smorrebrod"),
    ("ﬁne", "fine"),
    ("\uff34\uff25\uff21", "tea"),
    ("Tiếng Việt", "tieng viet"),
    ("كِتَاب", "كتاب"),
    ("שָׁלוֹם", "שלום"),
    ("soft\u00adhyphen", "softhyphen"),
]
KEPT = ["कढ़ाई", "చాయ్", "কড়াই", "தேநீர்", "ชุด", "がか", "한국", "پیالہ"]


@pytest.mark.parametrize(("text", "folded"), ALIKE)
def test_case_and_accents_go(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == folded


@pytest.mark.parametrize("text", KEPT)
def test_vowel_signs_and_other_letters_stay(text: str) -> None:
    assert fold(text) == fold(fold(text))
    assert len(fold(text)) >= len(text) - 1
    assert words(text) == [fold(text)]


def test_words_end_where_neither_letter_nor_number_follows() -> None:
    assert words("Tea, 24cm (cast-iron) 2.5L") == [
        *("tea", "24", "cm", "cast", "iron", "2", "5", "l")
    ]
    assert words("women's don\u2019t") == ["women", "dont"]


@pytest.mark.parametrize("text", ["", "%_*?", "☕🫖", "'\"", "-- ;"])
def test_a_text_without_letters_has_no_words(text: str) -> None:
    assert words(text) == []
