"""The signed-in user's profile and password."""

from typing import Any

import pytest

PASSWORD = "a-long-walk-in-the-rain"
NEW = "and-home-by-the-river"


def patch(shop: Any, person: Any, **fields: Any) -> Any:
    return shop.call("PATCH", "/user/me/", person.headers, json=fields)


def change_password(shop: Any, person: Any, current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return shop.call("POST", "/user/me/password/", person.headers, json=body)


def test_a_profile_has_an_etag(shop: Any, asha: Any) -> None:
    first = shop.me(asha)

    headers = {**asha.headers, "If-None-Match": first.headers["ETag"]}
    second = shop.call("GET", "/user/me/", headers)

    assert (second.status_code, second.data) == (304, b"")


def test_private_responses_are_not_cached(shop: Any, asha: Any) -> None:
    assert shop.me(asha).headers["Cache-Control"] == "no-store"


def test_a_patch_changes_only_the_given_fields(shop: Any, asha: Any) -> None:
    answer = patch(shop, asha, phone="+919876543210")

    assert answer.status_code == 200
    assert answer.json["phone"] == "+919876543210"
    assert answer.json["name"] == "Asha Rao"
    assert patch(shop, asha, phone=None).json["phone"] is None
    assert patch(shop, asha).status_code == 200


@pytest.mark.parametrize("field", ["role", "is_active", "email_verified", "password"])
def test_nobody_gives_themselves_rights(shop: Any, asha: Any, field: str) -> None:
    answer = patch(shop, asha, **{field: True})

    assert list(answer.json["errors"]) == [field]


def test_a_new_address_needs_the_password(shop: Any, asha: Any) -> None:
    answer = patch(shop, asha, email="new@shop.example")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["current_password"]


@pytest.mark.parametrize("path", ["/user/me/", "/user/{}/"])
def test_a_new_address_needs_the_right_password(
    shop: Any, asha: Any, path: str
) -> None:
    body = {"email": "new@shop.example", "current_password": "wrong"}

    answer = shop.call("PATCH", path.format(asha.id), asha.headers, json=body)

    assert (answer.status_code, answer.json["code"]) == (403, "wrong_password")
    assert shop.me(asha).json["email"] == asha.email


def test_a_new_address_has_to_be_verified(shop: Any) -> None:
    person = shop.person(email_verified=True)

    answer = patch(shop, person, email="new@shop.example", current_password=PASSWORD)

    assert answer.json["email"] == "new@shop.example"
    assert answer.json["email_verified"] is False
    assert shop.sign_in("new@shop.example").status_code == 200
    assert shop.sign_in(person.email).status_code == 401


def test_the_same_address_needs_no_password(shop: Any) -> None:
    person = shop.person(email_verified=True)

    answer = patch(shop, person, email=person.email)

    assert answer.json["email_verified"] is True


def test_the_address_of_another_user_is_refused(shop: Any, asha: Any) -> None:
    other = shop.person()

    answer = patch(shop, asha, email=other.email.upper(), current_password=PASSWORD)

    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


def test_a_new_password_ends_every_other_session(shop: Any, asha: Any) -> None:
    other = shop.sign_in(asha.email).json

    assert change_password(shop, asha, PASSWORD, NEW).status_code == 204

    assert shop.me(asha).status_code == 200
    assert shop.refresh(asha.refresh_token).status_code == 200
    assert shop.refresh(other["refresh_token"]).status_code == 401
    headers = {"Authorization": f"Bearer {other['access_token']}"}
    assert shop.call("GET", "/user/me/", headers).status_code == 401
    assert shop.sign_in(asha.email).status_code == 401
    assert shop.sign_in(asha.email, NEW).status_code == 200


def test_a_new_password_needs_the_old_one(shop: Any, asha: Any) -> None:
    answer = change_password(shop, asha, "wrong", NEW)

    assert (answer.status_code, answer.json["code"]) == (403, "wrong_password")
    assert shop.sign_in(asha.email).status_code == 200


@pytest.mark.parametrize("new", ["short67", "password1", "dear asha, hello"])
def test_a_new_password_must_meet_the_rules(shop: Any, asha: Any, new: str) -> None:
    answer = change_password(shop, asha, PASSWORD, new)

    assert list(answer.json["errors"]) == ["new_password"]


def test_a_deleted_account_is_erased(shop: Any, asha: Any, admin: Any) -> None:
    assert shop.call("DELETE", "/user/me/", asha.headers).status_code == 204

    assert shop.me(asha).status_code == 401
    assert shop.refresh(asha.refresh_token).status_code == 401
    left = shop.call("GET", f"/user/{asha.id}/", admin.headers).json
    assert left["name"] == "Deleted user"


def test_what_a_form_leaves_unfilled_is_null(shop: Any, asha: Any) -> None:
    assert patch(shop, asha, phone="+919876543210").status_code == 200

    answer = patch(shop, asha, name="Asha", phone="", current_password="")

    assert answer.status_code == 200, answer.text
    assert (answer.json["name"], answer.json["phone"]) == ("Asha", None)
    answer = patch(shop, asha, email="new@shop.example", current_password="")
    assert list(answer.json["errors"]) == ["current_password"]
    assert list(patch(shop, asha, name=" ").json["errors"]) == ["name"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/user/me/", "/user/{}/"])
def test_a_malformed_version_changes_nothing(
    shop: Any, asha: Any, method: str, path: str
) -> None:
    headers = {**asha.headers, "If-Match": '"abc'}
    body = {"name": "Other"} if method == "PATCH" else None

    answer = shop.call(method, path.format(asha.id), headers, json=body)

    assert (answer.status_code, answer.json["code"]) == (400, "precondition_invalid")
    assert shop.me(asha).json["name"] == "Asha Rao"
