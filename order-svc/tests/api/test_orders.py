"""Placing, showing and changing orders."""

from typing import Any

import pytest

ADDRESS = {
    "name": "Asha",
    "line1": "7 Lake Road",
    "line2": None,
    "city": "Pune",
    "state": "MH",
    "postal_code": "411001",
    "country": "IN",
    "phone": "+919876543210",
}


def test_a_new_order_reserves_its_stock_and_requests_a_payment(shop: Any) -> None:
    answer = shop.order(lines=[(2, 1), (1, 2)])

    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/orders/{answer.json['id']}/")
    order = answer.json
    assert (order["status"], order["status_display"]) == ("pending", "Pending")
    assert order["total_price"] == "1497.00"
    lines = [(i["product_id"], i["quantity"], i["price"]) for i in order["items"]]
    assert lines == [(1, 2, "499.00"), (2, 1, "499.00")]
    assert order["payment"] == {
        "status": "PENDING",
        "short_url": None,
        "expires_at": None,
    }
    kind, data = shop.published(order["id"])[0]
    assert kind == "payment.requested"
    assert data["amount"] == "1497.00"
    assert data["customer"]["email"] == "user17@shop.example"


def test_an_order_shows_the_documented_fields_and_no_other(shop: Any) -> None:
    order = shop.placed(body={"shipping_address": ADDRESS, "note": "Ring twice"})

    shown = shop.get(order, shop.asha)

    assert set(shown) == {
        *("id", "user_id", "status", "status_display", "total_price"),
        *("refunded_amount", "currency", "items", "shipping_address", "note"),
        *("payment", "notice", "created_at", "updated_at"),
    }
    assert set(shown["items"][0]) == {
        *("id", "product_id", "product_name", "quantity", "price"),
    }
    assert shown["shipping_address"] == ADDRESS
    assert shown["note"] == "Ring twice"


def test_a_status_has_a_text_for_people(shop: Any) -> None:
    order = shop.confirmed()

    assert shop.get(order)["status_display"] == "Completed"


def test_staff_order_for_somebody_else(shop: Any) -> None:
    answer = shop.order(shop.staff, body={"user_id": 17})

    assert answer.json["user_id"] == 17
    assert shop.get(answer.json["id"], shop.asha)


@pytest.mark.parametrize("user_id", [17, 18])
def test_customers_order_for_themselves_alone(shop: Any, user_id: int) -> None:
    answer = shop.order(body={"user_id": user_id})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["user_id"]


def test_the_user_is_included_on_request(shop: Any, users: Any) -> None:
    order = shop.placed()
    path = f"/orders/{order}/?expand=user"

    answer = shop.call("GET", path, shop.asha)

    assert answer.json["user"] == {
        "id": 17,
        "name": "User 17",
        "email": "user17@shop.example",
    }
    users.users[17] = None
    assert shop.call("GET", path, shop.asha).json["user"] is None
    users.answers["user"] = (500, {})
    assert shop.call("GET", path, shop.asha).status_code == 503
    assert shop.call("GET", f"/orders/{order}/", shop.asha).status_code == 200


def test_another_users_order_is_not_found(shop: Any) -> None:
    order = shop.placed()
    patch = {"note": "mine now"}

    for method, tail, body in (
        ("GET", "", None),
        ("GET", "?expand=user", None),
        ("PATCH", "", patch),
        ("POST", "cancel/", None),
        ("GET", "timeline/", None),
    ):
        answers = [
            shop.call(method, f"/orders/{number}/{tail}", shop.ravi, json=body)
            for number in (order, 4711)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        theirs, none = (answer.json for answer in answers)
        assert theirs["detail"].replace(str(order), "4711") == none["detail"]
    assert shop.state(order) == "awaiting_payment"


def test_address_and_note_of_a_pending_order_can_be_changed(shop: Any) -> None:
    order = shop.placed(body={"note": "Ring twice"})

    answer = shop.call(
        "PATCH",
        f"/orders/{order}/",
        shop.asha,
        json={"shipping_address": ADDRESS, "note": None},
    )

    assert answer.status_code == 200
    shown = shop.get(order)
    assert (shown["shipping_address"], shown["note"]) == (ADDRESS, None)
    again = shop.call("PATCH", f"/orders/{order}/", shop.asha, json={})
    assert again.json["shipping_address"] == ADDRESS


def test_an_order_that_is_no_longer_pending_does_not_change(shop: Any) -> None:
    order = shop.confirmed()

    answer = shop.call("PATCH", f"/orders/{order}/", shop.asha, json={"note": "x"})

    assert (answer.status_code, answer.json["code"]) == (409, "order_not_pending")
    assert shop.get(order)["note"] is None


@pytest.mark.parametrize(
    "field", ["status", "state", "items", "total_price", "user_id"]
)
def test_what_is_not_the_customers_to_change_is_refused(shop: Any, field: str) -> None:
    order = shop.placed()

    answer = shop.call("PATCH", f"/orders/{order}/", shop.staff, json={field: "paid"})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_stale_version_is_not_changed(shop: Any) -> None:
    path = f"/orders/{shop.placed()}/"
    tag = shop.call("GET", path, shop.asha).headers["ETag"]
    seen = {"If-Match": tag}
    assert (
        shop.call("GET", path, shop.asha, headers={"If-None-Match": tag}).status_code
        == 304
    )

    first = shop.call("PATCH", path, shop.asha, json={"note": "a"}, headers=seen)
    second = shop.call("PATCH", path, shop.asha, json={"note": "b"}, headers=seen)

    assert (first.status_code, second.status_code) == (200, 412)
    fresh = {"If-Match": first.headers["ETag"]}
    third = shop.call("PATCH", path, shop.asha, json={"note": "c"}, headers=fresh)
    assert third.json["note"] == "c"


@pytest.mark.parametrize(
    "body", [{}, {"note": "Ring twice"}, {"shipping_address": ADDRESS}]
)
def test_a_change_to_equal_values_changes_nothing(
    shop: Any, pass_seconds: Any, body: Any
) -> None:
    pass_seconds(0)
    order = shop.placed(body={"shipping_address": ADDRESS, "note": "Ring twice"})
    before = shop.call("GET", f"/orders/{order}/", shop.asha)
    version = shop.row(order).version
    pass_seconds(5)

    answer = shop.call("PATCH", f"/orders/{order}/", shop.asha, json=body)

    assert answer.status_code == 200
    assert answer.headers["ETag"] == before.headers["ETag"]
    assert answer.json["updated_at"] == before.json["updated_at"]
    assert shop.row(order).version == version


def test_a_check_without_result_does_not_change_the_order(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    products.answers["reserve"] = (503, {})
    path = f"/orders/{shop.placed()}/"
    before = shop.call("GET", path, shop.asha)

    pass_seconds(5)
    shop.work()

    after = shop.call("GET", path, shop.asha)
    assert after.headers["ETag"] == before.headers["ETag"]


def test_a_malformed_version_changes_nothing(shop: Any) -> None:
    order = shop.placed()
    path = f"/orders/{order}/"

    for condition in ('"abc', "abc", ""):
        headers = {"If-Match": condition}
        body = {"note": "b"}
        answer = shop.call("PATCH", path, shop.asha, json=body, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (
            400,
            "precondition_invalid",
        )
    for action in ("cancel", "refund"):
        headers = {"If-Match": "*"}
        answer = shop.call("POST", f"{path}{action}/", shop.staff, headers=headers)
        assert answer.status_code == 400
    assert (shop.get(order)["note"], shop.get(order)["status"]) == (None, "pending")


def test_an_id_has_one_form(shop: Any) -> None:
    order = shop.placed()

    for path in (f"000{order}", f"+{order}", f"00{order}/timeline", "%D9%A1"):
        answer = shop.call("GET", f"/orders/{path}/", shop.staff)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("zone", ["Z", "z", "%2B00:00"])
@pytest.mark.parametrize("fraction", [".0000000", ".123456789", ""])
def test_a_list_reads_moments_of_any_precision(
    shop: Any, fraction: str, zone: str
) -> None:
    order = shop.placed()

    query = f"created_from=2020-01-01t00:00:00{fraction}{zone}"
    found = shop.call("GET", f"/orders/?{query}", shop.asha).json["data"]

    assert [row["id"] for row in found] == [order]
