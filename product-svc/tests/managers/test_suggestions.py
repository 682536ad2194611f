"""Suggestions are few, on sale, and about what was typed."""

from typing import Any

from product_svc.managers.suggestions import MOST_CATEGORIES, MOST_PRODUCTS


def suggest(shop: Any, typed: str) -> tuple[list[str], list[str]]:
    query = {"q": typed}
    found = shop.call("GET", "/products/suggest/", query_string=query).json
    products, categories = found["products"], found["categories"]
    return [one["name"] for one in products], [one["name"] for one in categories]


def test_there_are_so_many_suggestions_and_no_more(shop: Any) -> None:
    for number in range(10):
        shop.product(name=f"Tea {number}")
        shop.category(name=f"Tea {number}")

    products, categories = suggest(shop, "te")

    assert (len(products), len(categories)) == (MOST_PRODUCTS, MOST_CATEGORIES)


def test_what_is_off_sale_is_not_suggested(shop: Any) -> None:
    product = shop.product(name="Tea")
    shop.call("DELETE", f"/products/{product}/", shop.staff)

    assert suggest(shop, "tea") == ([], [])


def test_a_category_is_found_by_the_beginning_of_its_words(shop: Any) -> None:
    for name in ("Green tea", "Té", "Steamers", "100% tea_bags"):
        shop.category(name=name)

    assert suggest(shop, "TE")[1] == ["Té", "100% tea_bags", "Green tea"]
    assert suggest(shop, "%")[1] == suggest(shop, "_")[1] == []
