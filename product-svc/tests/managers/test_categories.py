"""Categories form a tree, and each has a name of its own."""

from typing import Any

import pytest

from product_svc.extensions import db
from product_svc.managers import categories
from product_svc.models import Category


def patch(shop: Any, category: int, **body: Any) -> Any:
    path = f"/products/categories/{category}/"
    return shop.call("PATCH", path, shop.staff, json=body)


def parent(shop: Any, category: int) -> int | None:
    answer = shop.call("GET", f"/products/categories/{category}/")
    return answer.json["parent_id"]


def test_a_name_belongs_to_one_category(shop: Any) -> None:
    shop.category(name="Pans")
    other = shop.category(name="Pots")

    posted = shop.call(
        "POST", "/products/categories/", shop.staff, json={"name": "Pans"}
    )
    patched = patch(shop, other, name="Pans")

    assert {posted.json["code"], patched.json["code"]} == {"name_taken"}
    assert {posted.status_code, patched.status_code} == {409}


def test_no_category_stands_below_itself(shop: Any) -> None:
    top = shop.category()
    middle = shop.category(parent_id=top)
    bottom = shop.category(parent_id=middle)

    answers = [patch(shop, top, parent_id=below) for below in (top, middle, bottom)]

    assert {answer.json["code"] for answer in answers} == {"category_cycle"}
    assert patch(shop, bottom, parent_id=top).status_code == 200
    assert parent(shop, top) is None


def test_an_unknown_parent_is_a_wrong_field(shop: Any) -> None:
    answer = patch(shop, shop.category(), parent_id=99)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["parent_id"])


def test_deleting_a_category_frees_its_products_and_lifts_its_children(
    shop: Any,
) -> None:
    top = shop.category()
    middle = shop.category(parent_id=top)
    bottom = shop.category(parent_id=middle)
    product = shop.product(category_id=middle)

    answer = shop.call("DELETE", f"/products/categories/{middle}/", shop.staff)

    assert answer.status_code == 204
    assert shop.call("GET", f"/products/{product}/").json["category"] is None
    assert parent(shop, bottom) == top
    gone = shop.call("GET", f"/products/categories/{middle}/")
    assert gone.status_code == 404


def test_a_filter_by_category_takes_its_descendants(shop: Any) -> None:
    top = shop.category()
    middle = shop.category(parent_id=top)
    bottom, other = shop.category(parent_id=middle), shop.category()
    made = {key: shop.product(category_id=key) for key in (top, middle, bottom, other)}

    def found(*ids: int) -> list[int]:
        query = {"category": ids}
        rows = shop.call("GET", "/products/", query_string=query).json["data"]
        return [row["id"] for row in rows]

    assert found(top) == [made[top], made[middle], made[bottom]]
    assert found(middle) == [made[middle], made[bottom]]
    assert found(bottom, other) == [made[bottom], made[other]]


def test_a_category_counts_what_is_on_sale_in_it_and_below(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(categories, "MOST_COUNTED", 3)
    top = shop.category(name="A")
    middle = shop.category(name="B", parent_id=top)
    shop.category(name="C")
    made = [shop.product(category_id=key) for key in (top, middle, middle, top, top)]
    shop.call("DELETE", f"/products/{made[1]}/", shop.staff)

    path = "/products/categories/?sort=name"
    counted = shop.call("GET", f"{path}&counts=true").json["data"]
    plain = shop.call("GET", path).json["data"]

    assert [row["product_count"] for row in counted] == [3, 1, 0]  # 3 or more
    assert "product_count" not in plain[0]


def test_a_category_is_found_in_any_case_and_without_accents(shop: Any) -> None:
    for name in ("CAFÉ", "Cafés at home", "Tea_100%"):
        shop.category(name=name)

    def found(typed: str) -> list[str]:
        query = {"name": typed, "sort": "name"}
        path = "/products/categories/"
        rows = shop.call("GET", path, query_string=query).json["data"]
        return [row["name"] for row in rows]

    assert found("cafe") == ["CAFÉ", "Cafés at home"]
    assert found("É AT") == []
    assert found("ÉS AT") == ["Cafés at home"]
    assert found("_1") == ["Tea_100%"]
    assert found("a_1") == ["Tea_100%"]
    assert found("%%") == []


def test_a_category_has_its_products(shop: Any) -> None:
    category = shop.category()
    product = shop.product(category_id=category)
    with shop.app.app_context():
        row = db.session.get_one(Category, category)

        assert [one.id for one in db.session.scalars(row.products.select())] == [
            product
        ]
