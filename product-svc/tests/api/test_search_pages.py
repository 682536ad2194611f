"""The pages of a search are the same, whichever way its products are found."""

from typing import Any
from urllib.parse import quote

import pytest

from product_svc.api import search_pages
from product_svc.search import matching

SORTS = ("id", "-price", "name", "stock_quantity", "relevance", "-relevance")
SEARCHES = (
    "q=steel",
    "q=steel kadai",
    "q=steel kadai&in_stock=true",
    "q=steel&category={}",
    'q="steel kadai"',
    "name=kad&description=lid",
)


@pytest.fixture
def category(shop: Any) -> int:
    """Create products with the words of the searches; return a category of some."""
    pans: int = shop.category(name="Pans")
    names = ("Steel kadai", "Kadai, steel", "Steel lamp", "Kadai", "Brass lamp")
    for number in range(30):
        shop.product(
            name=f"{names[number % 5]} {number}",
            description="With a lid" if number % 3 else "Without",
            price=f"{number * 7 % 11 + 1}.00",
            stock_quantity=number % 4,
            category_id=pans if number % 2 else None,
        )
    return pans


def walk(shop: Any, query: str) -> list[int]:
    """Return the ids of all pages, four products each."""
    found, cursor = [], ""
    while True:
        path = f"/products/?{quote(query, safe='=&')}&limit=4{cursor}"
        page = shop.call("GET", path).json
        found += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("sort", SORTS)
def test_frequent_and_rare_words_have_the_same_pages(
    shop: Any, category: int, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    queries = [one.format(category) for one in SEARCHES]
    queries = [f"{one}&sort={sort}" for one in queries if "q=" in one or sort == "id"]
    by_index = [walk(shop, query) for query in queries]

    monkeypatch.setattr(matching, "FEW", 1)  # every word is frequent
    shop.app.extensions["pages"].expire()
    near = []
    for size in (3, 8, 4000):
        monkeypatch.setattr(search_pages, "NEAR", size)
        near.append([walk(shop, query) for query in queries])
        shop.app.extensions["pages"].expire()
    monkeypatch.setattr(matching, "RARE", 0)  # they are tested row by row
    tested = [walk(shop, query) for query in queries]

    assert all(by_index)
    assert all(len(set(ids)) == len(ids) for ids in by_index)
    assert near == [by_index] * 3
    assert tested == by_index
