"""Filters, order and pages of the catalogue."""

from typing import Any

import pytest

from devtools.testkit.names import IN_ORDER


@pytest.fixture
def catalogue(shop: Any) -> dict[str, int]:
    """Create five products in two categories; return ids by first letter and name."""
    cook, tea = shop.category(name="Cookware"), shop.category(name="Tea")
    rows = [
        ("Appam pan", "For lacy edges", "849.00", 26, cook),
        ("Brass Patila", "Hand-beaten brass", "2850.00", 1, cook),
        ("Chai glasses", "With a wire carrier, 100% glass", "349.00", 120, tea),
        ("Dabba", "Not a pan, not brass", "349.00", 0, None),
        ("Étagère_1", None, "99999999.99", 3, None),
    ]
    ids = {
        name[0]: shop.product(
            name=name,
            description=text,
            price=price,
            stock_quantity=stock,
            category_id=category,
            sku=f"ART-{name[0]}",
        )
        for name, text, price, stock, category in rows
    }
    shop.reserve(1, {ids["B"]: 1})
    return {**ids, "cook": cook, "tea": tea}


def letters(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return "".join(product["name"][0] for product in answer.json["data"])


QUERIES = {
    "": "ABCDÉ",
    "q=pan": "AD",  # a name's match comes before a description's
    "q=brass": "BD",
    "q=BRASS patila": "B",
    "q=nothing": "",
    "q=%25": "",  # no word
    "q=_": "",
    "q=etagere": "É",
    "q=ART-D": "D",
    "q=tea": "C",  # by its category
    "name=pa": "AB",
    "name=%25": "",
    "description=brass": "BD",
    "description=lacy": "A",
    "category={cook}": "AB",
    "category={cook}&category={tea}": "ABC",
    "category={cook},{tea}": "ABC",
    "category=987654": "",
    "price=349": "CD",
    "price=349.00": "CD",
    "min_price=849": "ABÉ",
    "max_price=849.00": "ACD",
    "min_price=349&max_price=849": "ACD",
    "min_price=900&max_price=800": "",
    "in_stock=true": "ACÉ",  # all of B is reserved
    "in_stock=false": "BD",
    "ids={A},{C}": "AC",
    "ids={A}&ids={C}": "AC",
    "ids=987654": "",
    "is_active=true": "ABCDÉ",
    "category={cook}&max_price=1000&in_stock=true&q=pan": "A",
    "sort=name": "ABCDÉ",
    "sort=-name": "ÉDCBA",
    "sort=id": "ABCDÉ",
    "sort=-id": "ÉDCBA",
    "sort=price": "CDABÉ",
    "sort=-price": "ÉBADC",
    "sort=stock_quantity": "DBÉAC",
    "sort=-stock_quantity": "CAÉBD",
    "sort=created_at": "ABCDÉ",
    "sort=-created_at": "ÉDCBA",
    "q=pan&sort=relevance": "AD",
    "q=pan&sort=-relevance": "DA",
    "q=pan&sort=-id": "DA",
}


def test_a_list_holds_what_its_query_says(
    shop: Any, catalogue: dict[str, int], subtests: Any
) -> None:
    for query, expected in QUERIES.items():
        for path in ("/products/", "/products/filter"):
            answer = shop.call("GET", f"{path}?{query.format(**catalogue)}")

            with subtests.test(f"{path}?{query}"):
                assert letters(answer) == expected


WRONG = [
    ("q=", "q"),
    ("q=%20", "q"),
    ("price=", "price"),
    ("cursor=", "cursor"),
    ("ids=01", "ids.0"),
    ("q=%00", "q"),
    (f"q={'x' * 201}", "q"),
    ("price=abc", "price"),
    ("price=1.999", "price"),
    ("min_price=-1", "min_price"),
    ("max_price=1e9", "max_price"),
    ("in_stock=yes", "in_stock"),
    ("in_stock=1", "in_stock"),
    ("category=abc", "category.0"),
    ("ids=0", "ids.0"),
    ("ids=1,,2", "ids.1"),
    ("ids=" + ",".join(["1"] * 101), "ids"),
    ("ids=99999999999999999999", "ids.0"),
    ("sort=password", "sort"),
    ("sort=id;drop", "sort"),
    ("sort=relevance", "sort"),
    ("sort=-relevance", "sort"),
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=1e3", "limit"),
    ("limit=-1", "limit"),
    ("limit=٣", "limit"),
    ("limit=1&limit=2", "limit"),
    ("q=a&q=b", "q"),
    ("cursor=abc", "cursor"),
    ("page=2", "page"),
    ("color=red", "color"),
]


def test_a_wrong_parameter_is_named(shop: Any, subtests: Any) -> None:
    for query, field in WRONG:
        answer = shop.call("GET", f"/products/?{query}")

        with subtests.test(query[:50]):
            assert answer.status_code == 422
            assert list(answer.json["errors"]) == [field]


def walk(shop: Any, path: str) -> list[str]:
    """Follow the Link headers to the end and return the names seen."""
    seen = []
    while path:
        answer = shop.call("GET", path)
        seen += [product["name"] for product in answer.json["data"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next_cursor"] is not None)
        path = link.partition("<")[2].partition(">")[0]
    return seen


def test_pages_of_two_walk_through_everything_once(
    shop: Any, catalogue: dict[str, int], subtests: Any
) -> None:
    for sort in ("id", "name", "price", "created_at", "stock_quantity", "relevance"):
        for sign in ("", "-"):
            query = f"sort={sign}{sort}&q=a"

            walked = walk(shop, f"/products/?{query}&limit=2")

            whole = shop.call("GET", f"/products/?{query}").json["data"]
            with subtests.test(query):
                assert walked == [product["name"] for product in whole]
                assert len(walked) == 5


def test_products_are_sorted_by_name_as_people_sort(shop: Any) -> None:
    names = [name for name in IN_ORDER if name]
    for name in sorted(names, key=len):
        shop.product(name=name)

    found = [
        walk(shop, f"/products/?sort={sign}name{more}&limit=3")
        for sign in ("", "-")
        for more in ("", "&max_price=9999")
    ]

    assert found == [names, names, names[::-1], names[::-1]]


def test_pages_stay_put_while_products_are_added(shop: Any) -> None:
    old = [shop.product(name=f"n{number}", price="10") for number in range(7)]
    path = "/products/?sort=price&limit=3"
    seen: list[int] = []

    while path:
        answer = shop.call("GET", path)
        seen += [product["id"] for product in answer.json["data"]]
        for price in ("9", "10", "11"):  # before, among and behind
            shop.product(price=price) if len(seen) < len(old) else None
        path = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]

    assert [product for product in seen if product in old] == old
    assert len(seen) == len(set(seen))


def test_a_cursor_serves_the_list_it_was_made_for_alone(
    shop: Any, catalogue: dict[str, int]
) -> None:
    cursor = shop.call("GET", "/products/?limit=1&sort=price").json["next_cursor"]

    queries = (
        "sort=price",
        "sort=-price",
        "sort=price&q=a",
        "sort=price&in_stock=true",
    )
    statuses = [
        shop.call("GET", f"/products/?{query}&cursor={cursor}").status_code
        for query in queries
    ]

    assert statuses == [200, 422, 422, 422]


def test_only_staff_lists_what_is_off_sale(shop: Any, tokens: Any) -> None:
    statuses = [
        shop.call("GET", "/products/?is_active=false", headers).status_code
        for headers in (None, tokens.user(), shop.staff, tokens.admin())
    ]

    assert statuses == [401, 403, 200, 200]
