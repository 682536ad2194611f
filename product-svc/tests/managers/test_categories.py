"""Categories form a tree, and each has a name of its own."""

from typing import Any


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
