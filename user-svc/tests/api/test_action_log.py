"""Each change by staff and admins, by API or panel, has its row in the action log."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chassis import json
from devtools.testkit import action_log
from devtools.testkit.action_log import Panel
from user_svc.extensions import db
from user_svc.models import ActionLog, User

PASSWORD, NEW = "a-long-walk-in-the-rain", "and-home-by-the-river"
PROFILE = {"name": "Asha R", "email": "asha@shop.example", "phone": None}
USER = "/user/{user_id}/"


def change_own_password(person: Any) -> Any:
    return {"current_password": PASSWORD, "new_password": NEW}


def sign_out(person: Any) -> Any:
    return {"refresh_token": person.refresh_token}


def fixed(body: Any) -> Callable[[Any], Any]:
    return lambda _: body


BODIES: dict[str, Callable[[Any], Any]] = {
    f"PUT {USER}": fixed({**PROFILE, "role": "staff", "is_active": True}),
    f"PATCH {USER}": fixed({"is_active": False}),
    f"DELETE {USER}": fixed(None),
    "PATCH /user/me/": fixed({"name": "Admin A"}),
    "DELETE /user/me/": fixed(None),
    "POST /user/me/password/": change_own_password,
    "POST /user/logout/": sign_out,
    "POST /user/verify-email/": fixed(None),
}
FORMS: dict[str, dict[str, str]] = {
    "user/edit": {"name": "Asha R", "phone": ""},
    "user/deactivate": {},
    "user/activate": {},
    "user/customer": {},
    "user/staff": {},
    "user/admin": {},
}


def log(app: Flask) -> list[ActionLog]:
    with app.app_context():
        return list(db.session.scalars(select(ActionLog).order_by(ActionLog.id)))


@pytest.fixture
def boss(shop: Any, admin: Any) -> Any:
    """Return an admin who may go: there is another one."""
    return shop.person("admin")


def test_every_operation_and_form_is_tried(app: Flask) -> None:
    assert action_log.operations(app) == set(BODIES)
    assert action_log.forms(app) == set(FORMS)


@pytest.mark.parametrize("name", BODIES)
def test_each_operation_is_logged(
    app: Flask, shop: Any, boss: Any, asha: Any, name: str
) -> None:
    method, path = name.split()
    place, body = path.format(user_id=asha.id), BODIES[name](boss)

    changed, unlogged = action_log.unlogged(
        app, set(), lambda: shop.call(method, place, boss.headers, json=body)
    )

    assert changed
    assert not unlogged
    wanted = {(f"user:{boss.id}", "admin", name)}
    assert {(row.actor, row.role, row.action) for row in log(app)} == wanted


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_panel_is_logged(
    app: Flask, asha: Any, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    panel = Panel(app, monkeypatch)
    before = {"user/activate": "user/deactivate", "user/customer": "user/staff"}
    if form in before:
        panel.post(before[form], asha.id)

    changed, unlogged = action_log.unlogged(
        app, set(), lambda: panel.post(form, asha.id, **FORMS[form])
    )

    assert changed
    assert not unlogged
    assert {row.source for row in log(app)} == {"panel"}


def test_a_role_is_logged_with_before_and_after(
    app: Flask, shop: Any, admin: Any, asha: Any
) -> None:
    shop.call("PATCH", f"/user/{asha.id}/", admin.headers, json={"role": "staff"})

    (row,) = log(app)
    assert (row.model, row.object_id) == ("User", str(asha.id))
    assert (row.before, row.after) == ({"role": "customer"}, {"role": "staff"})


def test_a_password_is_logged_as_changed_and_never_with_a_hash(
    app: Flask, shop: Any, admin: Any
) -> None:
    body = change_own_password(admin)
    shop.call("POST", "/user/me/password/", admin.headers, json=body)

    found = [row for row in log(app) if row.model == "User"]
    assert [row.after for row in found] == [{"password_hash": "(changed)"}]


def test_what_customers_change_of_their_own_is_not_logged(
    app: Flask, shop: Any, asha: Any
) -> None:
    shop.call("PATCH", "/user/me/", asha.headers, json={"name": "Asha R"})
    shop.call("DELETE", "/user/me/", asha.headers)

    assert log(app) == []


def test_an_erased_account_leaves_no_personal_data_in_its_log_row(
    app: Flask, shop: Any, admin: Any, asha: Any
) -> None:
    shop.call("POST", "/user/verify-email/", asha.headers)
    shop.ask_reset(asha.email)

    shop.call("DELETE", f"/user/{asha.id}/", admin.headers)

    rows = log(app)
    assert "User" in {row.model for row in rows}
    text = json.dumps([[row.before, row.after] for row in rows])
    assert "asha" not in str(text).lower()


def test_no_row_holds_a_secret(app: Flask, shop: Any, boss: Any, asha: Any) -> None:
    with app.app_context():
        hashes = list(db.session.scalars(select(User.password_hash)))
    for name, body in BODIES.items():
        method, path = name.split()
        place = path.format(user_id=asha.id)
        shop.call(method, place, boss.headers, json=body(boss))

    text = str(json.dumps([[row.before, row.after] for row in log(app)]))
    assert not [secret for secret in hashes if secret and secret in text]
    assert PASSWORD not in text
    assert NEW not in text
    assert boss.refresh_token not in text


def test_no_logged_column_is_named_like_a_secret(app: Flask) -> None:
    assert not action_log.secrets(app)
