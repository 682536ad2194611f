"""Pages by relevance: each product once, by the sum of its words' weights."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import select

from chassis.reads import every
from product_svc.models import ProductWord
from product_svc.search import Search, understand

NAMES = (
    "Iron kadai",
    "Kadai, iron",
    "Ironing board",
    "Irons and iron",
    "Kadai stand for ironing",
    "Kadai",
    "Brass kadai with irons",
    "Iron",
    "Steel board",
)


@pytest.fixture
def products(shop: Any) -> None:
    """Create products with several forms of words in names and descriptions."""
    for number, name in enumerate(NAMES * 2):
        text = NAMES[number * 5 % len(NAMES)]
        shop.product(name=f"{name} {number}", description=text)


def sums(typed: str) -> list[tuple[int, int]]:
    """Return (relevance, product id), computed from all entries of the index."""
    reading = understand(every, {"q": typed})
    stored: dict[int, dict[str, int]] = defaultdict(dict)
    for row in every(select(ProductWord.product_id, *ProductWord.__table__.c[1:3])):
        stored[row[0]][row.word] = row.weight
    found = []
    for product_id, words in stored.items():
        weights = [
            [words[word] + added for word, added in term.words.items() if word in words]
            for term in reading.terms
        ]
        if all(weights):
            found.append((sum(map(min, weights)), product_id))
    return sorted(found)


@pytest.mark.parametrize("typed", ["iron", "iron kad", "kadai iro", "k", "kadai irons"])
@pytest.mark.parametrize("is_down", [False, True])
def test_pages_follow_the_sum_of_the_weights(
    shop: Any, products: None, typed: str, is_down: bool
) -> None:
    seen: list[tuple[int, int]] = []
    with shop.app.app_context():
        expected = sums(typed)
        after = None
        while True:
            search = Search(every, understand(every, {"q": typed}))
            page = search.ranked(3, after, is_down=is_down)
            seen += [(total, one) for one, total in page.items()]
            if len(page) < 3:
                break
            after = seen[-1]

    assert seen == (expected[::-1] if is_down else expected)
    assert len(seen) > 3


def test_products_must_have_the_words_that_do_not_rank(
    shop: Any, products: None
) -> None:
    answer = shop.call("GET", "/products/?q=iron+kadai+brass+irons+with")

    texts = [one["name"] + one["description"] for one in answer.json["data"]]
    assert texts
    assert all("Brass" in text for text in texts)
