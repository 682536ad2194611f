"""What the index has of a product."""

from product_svc.search import entries
from product_svc.search.entries import Source


def test_a_word_has_the_weight_of_its_best_place() -> None:
    source = Source("Kadai, iron", "A kadai with a lid.", "KAD-24", "Iron pans")

    assert entries.weights(source) == {
        "=kadai iron": entries.EXACT,
        "=kad 24": entries.EXACT,
        "kadai": entries.FIRST,  # even: the description has it, too
        "iron": entries.NAME + 1,
        "kad": entries.SKU + 1,
        "24": entries.SKU + 1,
        "pans": entries.CATEGORY + 1,
        "pan": entries.CATEGORY + 1,
        "a": entries.DESCRIPTION,
        "with": entries.DESCRIPTION,
        "lid": entries.DESCRIPTION,
    }


def test_long_words_and_texts_are_bounded() -> None:
    text = " ".join(f"{n}x" for n in range(1000)) + " " + "y" * 5000
    found = entries.weights(Source("z" * 100, text))

    assert len(found) <= 2 * entries.MOST_WORDS + 4
    assert max(map(len, found)) <= 128
    assert "z" * entries.LONGEST_WORD in found


def test_a_product_without_words_has_none_but_its_name() -> None:
    assert entries.weights(Source("☕")) == {"=": entries.EXACT}


def test_parts_are_of_words_of_letters_alone() -> None:
    assert entries.parts("tea") == {
        ("e", "tea"),
        *(("m", part) for part in ("tea", "ea", "ta", "te")),
    }
    assert entries.parts("24") == entries.parts("2400") == set()
    assert entries.parts("=tea") == entries.parts("x" * 21) == set()


def test_a_phrase_is_within_a_text_and_not_across_two() -> None:
    found = entries.text(Source("Cast iron", "Pan, 24cm"))

    assert " cast iron " in found
    assert " 24 cm " in found
    assert " iron pan " not in found
