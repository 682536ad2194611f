"""Categories over HTTP."""

from typing import Any

import pytest


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
