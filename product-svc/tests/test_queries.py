"""The hot reads: the bytes of the schema, and places in indexes for every page."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, event, text

from chassis import json
from product_svc import queries
from product_svc.extensions import db
from product_svc.managers import ProductManager
from product_svc.schemas import ProductSchema

SORTS = [sign + name for name in queries.SORTS for sign in ("", "-")]


@pytest.fixture
def products(shop: Any) -> list[int]:
    """Create products with every kind of value."""
    tea = shop.category(name="Tea & “spices”")
    return [
        shop.product(name="Chai 😀", description="of\nthree lines\n", sku="T-1"),
        shop.product(name='"Quoted" \\ é', price="0.10", category_id=tea),
        shop.product(name="None", price="99999999.99", stock_quantity=0),
        *(shop.product(category_id=tea) for _ in range(4)),
    ]


def test_a_hot_read_gives_the_bytes_of_the_schema(
    shop: Any, products: list[int]
) -> None:
    shop.reserve(1, {products[0]: 2})
    shop.call("DELETE", f"/products/{products[2]}/", shop.staff)
    addresses = [
        (f"/products/{one}/", shop.staff if one == products[2] else None)
        for one in products
    ]
    with shop.app.app_context():
        rows = [ProductManager(db.session).get(one) for one in products]
        expected = [json.dumps(ProductSchema().dump(row)) for row in rows]
        active = [one for row, one in zip(rows, expected, strict=True) if row.is_active]

    found = [shop.call("GET", *address).data for address in addresses]
    page = shop.call("GET", "/products/").data

    assert found == expected
    assert page == b'{"data":[' + b",".join(active) + b'],"next_cursor":null}'


class Plans:
    """The plans of the lists that a shop answers."""

    def __init__(self, shop: Any, headers: Any = None) -> None:
        self.shop, self.headers = shop, headers
        with shop.app.app_context():
            self.engine = db.engine

    def of(self, path: str) -> str:
        """Return the plan of the statement that selects a list."""
        seen: list[Any] = []

        def note(*call: Any) -> None:
            if isinstance(call[1], Select):
                seen.append((call[1], call[3]))

        event.listen(self.engine, "before_execute", note)
        answer = self.shop.call("GET", path, self.headers)
        event.remove(self.engine, "before_execute", note)
        assert answer.status_code == 200, answer.text
        return self.explain(*seen[-1])

    def explain(self, statement: Any, values: Any) -> str:
        command = "EXPLAIN "
        if self.engine.dialect.name == "sqlite":
            command += "QUERY PLAN "
        sql: list[Any] = []
        with self.engine.connect() as connection:

            def note(*call: Any) -> None:
                sql.append(call[2:4])

            event.listen(connection, "before_cursor_execute", note)
            connection.execute(statement, values)
            event.remove(connection, "before_cursor_execute", note)
            if self.engine.dialect.name != "sqlite":  # the tables have few rows
                for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
                    connection.execute(text(f"SET LOCAL enable_{way} = off"))
            plan = connection.exec_driver_sql(command + sql[-1][0], sql[-1][1])
            return "\n".join(str(row[-1]) for row in plan)


@pytest.fixture
def plans(shop: Any) -> Plans:
    return Plans(shop)


def is_walk(plan: str) -> bool:
    """Return whether a plan reads the products in order from a place in an index."""
    if "Sort" in plan or "TEMP B-TREE" in plan:
        return False
    place = r"SEARCH products USING|Index Cond: .*(ROW\(|id [<>])"
    return re.search(place, plan) is not None


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_finds_its_place_in_an_index(
    shop: Any, products: list[int], plans: Plans, sort: str
) -> None:
    for query in (f"sort={sort}", f"sort={sort}&category=1"):
        path = f"/products/?{query}&limit=2"
        cursor = shop.call("GET", path).json["next_cursor"]

        plan = plans.of(f"{path}&cursor={cursor}")

        assert is_walk(plan), plan


FILTERS = ("", "&category=1", "&in_stock=true", "&min_price=1&max_price=9000")


@pytest.mark.parametrize("sort", SORTS)
def test_a_first_page_is_read_in_the_order_of_an_index(
    products: list[int], plans: Plans, sort: str
) -> None:
    for more in FILTERS:
        plan = plans.of(f"/products/?sort={sort}&limit=2{more}")

        is_sorted = re.search(r"Sort|TEMP B-TREE", plan)
        assert "Seq Scan on products" not in plan, plan
        assert "price=" in more or not is_sorted, plan


def test_the_statement_of_a_list_is_built_once(shop: Any, app: Flask) -> None:
    from product_svc.api.products import LIST

    built = LIST._statements.cache_info
    before = built().misses
    for price in ("1", "2", "3"):
        shop.call("GET", f"/products/?min_price={price}&limit=17")

    assert built().misses == before + 1
