"""Changes and deletions: the precondition, and the log of rights."""

from typing import Any

import pytest


def logged(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record.msg for record in caplog.records if "rights" in str(record.msg)]


def test_an_admin_changes_rights_and_it_is_logged(
    shop: Any, admin: Any, asha: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/user/{asha.id}/"

    answer = shop.call("PATCH", path, admin.headers, json={"role": "staff"})

    assert answer.json["role"] == "staff"
    (line,) = logged(caplog)
    assert (line["user_id"], line["by"]) == (asha.id, f"user:{admin.id}")
    assert line["before"] == {"is_active": True, "role": "customer"}
    assert line["after"] == {"is_active": True, "role": "staff"}


def test_a_change_of_the_profile_is_not_logged_as_one_of_rights(
    shop: Any, asha: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer = shop.call("PATCH", "/user/me/", asha.headers, json={"name": "Other"})

    assert answer.json["name"] == "Other"
    assert logged(caplog) == []


def test_a_deletion_ends_the_rights_and_it_is_logged(
    shop: Any, asha: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer = shop.call("DELETE", "/user/me/", asha.headers)

    assert (answer.status_code, answer.data) == (204, b"")
    (line,) = logged(caplog)
    assert (line["user_id"], line["by"]) == (asha.id, f"user:{asha.id}")
    assert (line["before"]["is_active"], line["after"]["is_active"]) == (True, False)


def test_an_admin_changes_an_address_without_a_password(
    shop: Any, admin: Any, asha: Any
) -> None:
    body = {"email": "new@shop.example"}

    answer = shop.call("PATCH", f"/user/{asha.id}/", admin.headers, json=body)

    assert (answer.status_code, answer.json["email"]) == (200, "new@shop.example")


def test_a_stale_change_is_refused(shop: Any, asha: Any) -> None:
    headers = {**asha.headers, "If-Match": '"another"'}

    answer = shop.call("PATCH", "/user/me/", headers, json={"name": "x"})

    assert (answer.status_code, answer.json["code"]) == (412, "precondition_failed")


def test_an_admin_s_stale_change_is_refused(shop: Any, admin: Any, asha: Any) -> None:
    path = f"/user/{asha.id}/"
    tag = shop.call("GET", path, admin.headers).headers["ETag"]
    headers = {**admin.headers, "If-Match": tag}
    shop.call("PATCH", path, asha.headers, json={"name": "Other"})

    for method, more in (("PATCH", {"json": {"name": "x"}}), ("DELETE", {})):
        answer = shop.call(method, path, headers, **more)
        assert answer.status_code == 412

    assert shop.call("GET", path, admin.headers).json["name"] == "Other"
