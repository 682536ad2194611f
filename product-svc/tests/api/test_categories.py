from typing import Any

import pytest


def patch(shop: Any, category: int, **body: Any) -> Any:
    path = f"/products/categories/{category}/"
    return shop.call("PATCH", path, shop.staff, json=body)


def parent(shop: Any, category: int) -> int | None:
    answer = shop.call("GET", f"/products/categories/{category}/")
    return answer.json["parent_id"]


def test_a_new_category_is_answered_and_found_at_its_location(shop: Any) -> None:
    top = shop.category(name="Kitchen")
    body = {"name": "Pans", "description": "Flat ones", "parent_id": top}

    answer = shop.call("POST", "/products/categories/", shop.staff, json=body)

    assert answer.status_code == 201
    assert body.items() <= answer.json.items()
    address = f"/products/categories/{answer.json['id']}/"
    assert answer.headers["Location"] == f"http://127.0.0.1{address}"
    shown = shop.call("GET", address)
    assert (shown.json, shown.headers["ETag"]) == (answer.json, answer.headers["ETag"])


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


def test_put_replaces_all_of_a_category(shop: Any) -> None:
    category = shop.category(description="old", parent_id=shop.category())
    path = f"/products/categories/{category}/"

    answer = shop.call("PUT", path, shop.staff, json={"name": "New"})

    expected = {"name": "New", "description": None, "parent_id": None}
    assert expected.items() <= answer.json.items()


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"name": "x"}), ("PATCH", {}), ("DELETE", None)]
)
def test_a_change_of_an_old_version_is_refused(
    shop: Any, method: str, body: Any
) -> None:
    path = f"/products/categories/{shop.category()}/"
    headers = {**shop.staff, "If-Match": '"old"'}

    assert shop.call(method, path, headers, json=body).status_code == 412
    assert shop.call("GET", path).status_code == 200


def test_categories_are_listed_by_name_and_parent(shop: Any) -> None:
    top = shop.category(name="Kitchen")
    for name in ("Pans", "Pots", "Cups"):
        shop.category(name=name, parent_id=top)

    def listed(query: str) -> list[str]:
        answer = shop.call("GET", f"/products/categories/?{query}")
        return [category["name"] for category in answer.json["data"]]

    assert listed("") == ["Kitchen", "Pans", "Pots", "Cups"]
    assert listed("sort=name") == ["Cups", "Kitchen", "Pans", "Pots"]
    assert listed("name=p&sort=-name") == ["Pots", "Pans", "Cups"]
    assert listed(f"parent_id={top}&limit=1") == ["Pans"]
