"""Search finds names before descriptions."""

from typing import Any

from product_svc import search


def test_words_are_distinct_and_few() -> None:
    assert search.words("tawa  kadai tawa") == ["tawa", "kadai"]
    assert len(search.words(" ".join(str(n) for n in range(50)))) == search.MOST_WORDS


def test_a_name_with_the_word_comes_before_one_with_it_inside(shop: Any) -> None:
    names = ("Idli steamer", "Assam tea", "Steel cup", "Teapot")
    for name in names:
        description = "For tea." if name == "Steel cup" else None
        shop.product(name=name, description=description)

    found = shop.call("GET", "/products/?q=tea&limit=100").json["data"]

    assert [row["name"] for row in found] == [
        "Assam tea",
        "Teapot",
        "Idli steamer",
        "Steel cup",
    ]
