"""Registration, the list, and what staff and admins do with accounts."""

from typing import Any

import pytest
from flask import Flask

from devtools.testkit.names import IN_ORDER
from user_svc.extensions import db
from user_svc.models import User

GOOD = {
    "name": "Asha Rao",
    "email": "asha@shop.example",
    "password": "a-long-walk-in-the-rain",
}
FIELDS = {
    *("id", "name", "email", "phone", "role", "is_active", "email_verified"),
    *("created_at", "updated_at"),
}


def register(shop: Any, headers: Any = None, **changes: Any) -> Any:
    return shop.call("POST", "/user/register/", headers, json={**GOOD, **changes})


def test_a_new_account_is_a_customer(shop: Any) -> None:
    answer = register(shop)

    assert answer.status_code == 201
    assert set(answer.json) == FIELDS
    assert answer.json["role"] == "customer"
    assert answer.json["is_active"] is True
    assert answer.json["email_verified"] is False
    address = f"http://127.0.0.1/user/{answer.json['id']}/"
    assert answer.headers["Location"] == address
    assert shop.sign_in(GOOD["email"]).status_code == 200


def test_an_address_keeps_its_spelling(shop: Any) -> None:
    answer = register(shop, email=" Asha.Rao+shop@SHOP.example ")

    assert answer.json["email"] == "Asha.Rao+shop@shop.example"


@pytest.mark.parametrize("email", ["asha@shop.example", "ASHA@shop.EXAMPLE"])
def test_an_address_has_one_account(shop: Any, email: str) -> None:
    register(shop)

    answer = shop.call("POST", "/user/", json={**GOOD, "email": email})

    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


def test_a_name_with_a_tag_is_another_address(shop: Any) -> None:
    register(shop)

    assert register(shop, email="asha+shop@shop.example").status_code == 201


@pytest.mark.parametrize(
    "field", ["role", "is_active", "email_verified", "id", "password_hash", "phone"]
)
def test_a_registration_cannot_set_rights(shop: Any, field: str) -> None:
    answer = register(shop, **{field: "admin"})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_repeated_registration_has_one_effect(shop: Any) -> None:
    headers = {"Idempotency-Key": "k"}

    first, second = register(shop, headers), register(shop, headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert register(shop, headers, name="Other").status_code == 422


def test_strangers_with_the_same_key_neither_block_nor_replay_each_other(
    shop: Any,
) -> None:
    headers = {"Idempotency-Key": "1"}

    first = register(shop, headers)
    other = register(shop, headers, email="ravi@shop.example")

    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json["id"] != other.json["id"]
    assert "Idempotency-Replayed" not in other.headers


@pytest.mark.parametrize(
    "password",
    ["short67", "password1", "TrustNo1", "x" * 129, "i am asha rao", "asharao1947"],
    ids=["short", "common", "common in another case", "long", "name", "name in one"],
)
def test_a_bad_password_is_refused(shop: Any, password: str) -> None:
    answer = register(shop, password=password)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["password"]


@pytest.mark.parametrize(
    "password",
    ["x" * 64 + "yz", "w" * 128, " two spaces  ", "пароль из слов", "é" * 8, "🦚" * 8],
    ids=["66", "128", "spaces", "cyrillic", "accents", "birds"],
)
def test_a_good_password_is_verified_exactly(shop: Any, password: str) -> None:
    assert register(shop, password=password).status_code == 201

    assert shop.sign_in(GOOD["email"], password).status_code == 200
    for other in (password.upper(), f"{password} ", password[:-1], "e\u0301" * 8):
        if other != password:
            assert shop.sign_in(GOOD["email"], other[:128]).status_code in (200, 401)


def test_composed_and_decomposed_letters_are_one_password(shop: Any) -> None:
    register(shop, password="caf\u00e9-caf\u00e9")

    assert shop.sign_in(GOOD["email"], "cafe\u0301-cafe\u0301").status_code == 200


def test_a_password_is_stored_as_argon2id_and_never_shown(
    app: Flask, shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer = register(shop)
    with app.app_context():
        kept = db.session.get_one(User, answer.json["id"]).password_hash

    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    out = caplog.text
    assert "argon2" not in answer.text + out
    assert GOOD["password"] not in answer.text + out


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [user["id"] for user in answer.json["data"]]


@pytest.fixture
def people(shop: Any, admin: Any, pass_seconds: Any) -> list[Any]:
    found = [admin]
    for days, name in enumerate(("Binu 100% Das", "chitra", "Devi"), 1):
        pass_seconds(days * 86400)
        found.append(shop.person("staff" if name == "Devi" else "customer", name=name))
    pass_seconds(0)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3]),
        ("?sort=-id", [3, 2, 1, 0]),
        ("?sort=-created_at", [3, 2, 1, 0]),
        ("?sort=email", [0, 1, 2, 3]),
        ("?q=CHIT", [2]),
        ("?q=100%25", [1]),
        ("?q=_", []),
        ("?q=p3@shop", [2]),
        ("?role=staff", [3]),
        ("?role=customer&q=chi", [2]),
        ("?is_active=true", [0, 1, 2, 3]),
        ("?is_active=false", []),
        ("?created_to=2000-01-01T00:00:00Z", []),
        ("?created_from=2000-01-01T00:00:00Z", [0, 1, 2, 3]),
    ],
)
def test_a_list_is_filtered_and_sorted(
    shop: Any, people: list[Any], query: str, expected: list[int]
) -> None:
    answer = shop.call("GET", f"/user/{query}", people[0].headers)

    assert ids(answer) == [people[number].id for number in expected]
    assert all(set(user) == FIELDS for user in answer.json["data"])


def test_the_bounds_of_a_time_range_are_inclusive(shop: Any, people: list[Any]) -> None:
    path = f"/user/{people[2].id}/"
    moment = shop.call("GET", path, people[0].headers).json["created_at"]

    query = f"?created_from={moment}&created_to={moment}"

    assert ids(shop.call("GET", f"/user/{query}", people[0].headers)) == [people[2].id]


def test_users_are_sorted_by_name_as_people_sort(shop: Any, admin: Any) -> None:
    names = [name for name in IN_ORDER if name]
    found = {shop.person(name=name).id: name for name in sorted(names, key=len)}

    orders = [walk(shop, f"sort={sign}name", admin.headers) for sign in ("", "-")]

    listed = [[found[one] for one in order if one in found] for order in orders]
    assert listed == [names, names[::-1]]


def test_a_users_place_follows_the_name(shop: Any, admin: Any) -> None:
    first, second = shop.person(name="Anna"), shop.person(name="Berta")
    body = {"name": "Çağla"}
    shop.call("PATCH", "/user/me/", first.headers, json=body)

    order = walk(shop, "sort=name", admin.headers)

    assert order.index(second.id) < order.index(first.id)


def walk(shop: Any, query: str, headers: Any) -> list[int]:
    """Return the ids of a list's pages."""
    path, seen = f"/user/?limit=1&{query}", []
    while path:
        answer = shop.call("GET", path, headers)
        seen += ids(answer)
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    return seen


@pytest.mark.parametrize("sort", ["id", "-id", "name", "-email", "created_at"])
def test_a_cursor_leads_to_the_next_page(
    shop: Any, people: list[Any], sort: str
) -> None:
    headers = people[0].headers
    every = ids(shop.call("GET", f"/user/?sort={sort}", headers))

    assert walk(shop, f"sort={sort}", headers) == every


@pytest.mark.parametrize("field", [{"role": "admin"}, {"is_active": True}])
@pytest.mark.parametrize("role", ["customer", "staff"])
def test_nobody_else_changes_rights(shop: Any, role: str, field: Any) -> None:
    person = shop.person(role)

    answer = shop.call("PATCH", f"/user/{person.id}/", person.headers, json=field)

    assert answer.status_code == 403
    assert shop.me(person).json["role"] == role


def test_a_deactivated_user_has_no_session_until_an_admin_activates_the_account(
    shop: Any, admin: Any, asha: Any
) -> None:
    path = f"/user/{asha.id}/"

    shop.call("PATCH", path, admin.headers, json={"is_active": False})

    assert shop.refresh(asha.refresh_token).status_code == 401
    assert shop.sign_in(asha.email).json["code"] == "invalid_credentials"
    shop.call("PATCH", path, admin.headers, json={"is_active": True})
    assert shop.refresh(asha.refresh_token).status_code == 401
    assert shop.sign_in(asha.email).status_code == 200


def test_a_put_replaces_the_whole_profile(shop: Any, admin: Any, asha: Any) -> None:
    path = f"/user/{asha.id}/"
    shop.call("PATCH", path, admin.headers, json={"phone": "+919876543210"})

    body = {"name": "Asha R", "email": asha.email}
    answer = shop.call("PUT", path, asha.headers, json=body)

    assert answer.status_code == 200
    assert (answer.json["name"], answer.json["phone"]) == ("Asha R", None)
    assert answer.json["role"] == "customer"


def test_a_put_without_a_name_is_refused(shop: Any, asha: Any) -> None:
    answer = shop.call("PUT", f"/user/{asha.id}/", asha.headers, json={})

    assert sorted(answer.json["errors"]) == ["email", "name"]


@pytest.mark.parametrize("change", [{"role": "staff"}, {"is_active": False}])
def test_the_last_admin_stays_one(shop: Any, admin: Any, change: Any) -> None:
    path = f"/user/{admin.id}/"

    answer = shop.call("PATCH", path, admin.headers, json=change)

    assert (answer.status_code, answer.json["code"]) == (409, "last_admin")
    assert shop.call("DELETE", path, admin.headers).status_code == 409
    assert shop.call("GET", "/user/", admin.headers).status_code == 200


def test_a_customer_cannot_tell_other_users_from_unknown_ones(
    shop: Any, asha: Any
) -> None:
    other = shop.person()

    answers = [
        shop.call("GET", f"/user/{user_id}/", asha.headers)
        for user_id in (other.id, 777_777)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json["code"] == answers[1].json["code"] == "not_found"


def test_a_deleted_user_keeps_the_id_and_no_personal_data(
    app: Flask, shop: Any, admin: Any, asha: Any
) -> None:
    path = f"/user/{asha.id}/"

    assert shop.call("DELETE", path, admin.headers).status_code == 204
    assert shop.call("DELETE", path, admin.headers).status_code == 204

    left = shop.call("GET", path, admin.headers).json
    assert (left["name"], left["phone"]) == ("Deleted user", None)
    assert left["is_active"] is False
    assert "asha" not in str(left).lower()
    with app.app_context():
        row = db.session.get_one(User, asha.id)
        assert (row.password_hash, "asha" in row.email_key) == (None, False)
    change = shop.call("PATCH", path, admin.headers, json={"is_active": True})
    assert (change.status_code, change.json["code"]) == (409, "user_deleted")


def test_the_address_of_a_deleted_user_may_register_again(shop: Any, asha: Any) -> None:
    shop.call("DELETE", "/user/me/", asha.headers)

    assert shop.sign_in(asha.email).status_code == 401
    assert register(shop).status_code == 201
