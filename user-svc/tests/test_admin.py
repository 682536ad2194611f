"""The staff panel: sign-in is required, and secrets are neither shown nor set."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.http import Client
from devtools.testkit.plugin import serve
from user_svc.extensions import db
from user_svc.models import ActionLog, RefreshToken, ServiceClient, SigningKey, User

VIEWS = (
    *("user", "refreshfamily", "refreshtoken", "onetimetoken", "mail"),
    *("serviceclient", "signingkey"),
)
PASSWORD = "a-long-walk-in-the-rain"


@pytest.fixture
def panel(app: Flask, shop: Any) -> Iterator[Any]:
    """Return a function that signs a person in to the panel."""
    with serve(app) as url:
        app.extensions["user_svc_sign_in"] = Client("user-svc", url)
        yield lambda person: sign_in(app.test_client(), person)


def csrf(page: Any) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def sign_in(browser: FlaskClient, person: Any) -> FlaskClient:
    token = csrf(browser.get("/admin/login/"))
    form = {"email": person.email, "password": PASSWORD, "csrf_token": token}
    browser.post("/admin/login/", data=form)
    return browser


def act(browser: FlaskClient, name: str, row: int) -> Any:
    form = {"action": name, "rowid": str(row), "csrf_token": token_of(browser)}
    return browser.post("/admin/user/action/", data=form, follow_redirects=True)


def token_of(browser: FlaskClient) -> str:
    return csrf(browser.get("/admin/user/"))


def user(app: Flask, user_id: int) -> User:
    with app.app_context():
        return db.session.get_one(User, user_id)


def test_only_staff_enters(panel: Any, shop: Any, asha: Any) -> None:
    customer = panel(asha)
    staff = panel(shop.person("staff"))

    for view in VIEWS:
        assert customer.get(f"/admin/{view}/").status_code == 302
        assert staff.get(f"/admin/{view}/").status_code == 200


def test_no_page_and_no_export_shows_a_secret(
    app: Flask, panel: Any, admin: Any
) -> None:
    browser = panel(admin)
    with app.app_context():
        secrets = [
            *db.session.scalars(select(User.password_hash)),
            *db.session.scalars(select(RefreshToken.token_hash)),
            *db.session.scalars(select(SigningKey.private_key)),
            *db.session.scalars(select(ServiceClient.secret_hash)),
        ]
        key = db.session.scalars(select(SigningKey.id)).one()

    pages = [f"/admin/{view}/" for view in VIEWS]
    pages += [f"/admin/{view}/export/csv/" for view in VIEWS]
    pages += [f"/admin/user/details/?id={admin.id}", f"/admin/user/edit/?id={admin.id}"]
    pages += [f"/admin/signingkey/details/?id={key}"]
    for path in pages:
        page = browser.get(path)
        assert page.status_code == 200, path
        assert not [secret for secret in secrets if secret in page.text], path


def test_a_form_sets_nothing_but_name_and_phone(
    app: Flask, panel: Any, admin: Any, asha: Any
) -> None:
    browser = panel(admin)
    before = user(app, asha.id)
    path = f"/admin/user/edit/?id={asha.id}"
    wanted = {
        "name": "Asha R",
        "phone": "+919876543210",
        "role": "admin",
        "is_active": "",
        "email": "evil@shop.example",
        "password_hash": "x",
    }

    browser.post(path, data={**wanted, "csrf_token": csrf(browser.get(path))})

    after = user(app, asha.id)
    assert (after.name, after.phone) == ("Asha R", "+919876543210")
    assert (after.role, after.email) == (before.role, before.email)
    assert after.is_active is True
    assert after.password_hash == before.password_hash


def test_an_invalid_phone_number_is_refused(
    app: Flask, panel: Any, admin: Any, asha: Any
) -> None:
    browser = panel(admin)
    path = f"/admin/user/edit/?id={asha.id}"
    form = {"name": "x", "phone": "letters", "csrf_token": csrf(browser.get(path))}

    page = browser.post(path, data=form)

    assert "phone: Not a phone number" in page.text
    assert user(app, asha.id).name == "Asha Rao"


def test_an_admin_changes_roles_and_the_change_is_logged(
    app: Flask, panel: Any, admin: Any, asha: Any
) -> None:
    browser = panel(admin)

    for role in ("staff", "admin", "customer"):
        act(browser, role, asha.id)
        assert user(app, asha.id).role == role

    with app.app_context():
        rows = db.session.scalars(select(ActionLog).order_by(ActionLog.id)).all()
    assert [row.action for row in rows] == ["staff", "admin", "customer"]
    assert {(row.user_id, row.object_id) for row in rows} == {(admin.id, str(asha.id))}
    before, after = rows[0].before, rows[0].after
    assert (before["role"], after["role"]) == ("customer", "staff")
    assert "password_hash" not in before


def test_a_deactivated_user_is_signed_out_at_once_and_can_be_activated(
    app: Flask, panel: Any, shop: Any, admin: Any, asha: Any
) -> None:
    browser = panel(admin)

    act(browser, "deactivate", asha.id)
    assert shop.me(asha).status_code == 401

    act(browser, "activate", asha.id)
    assert shop.sign_in(asha.email).status_code == 200


def test_staff_changes_nobody(app: Flask, panel: Any, shop: Any, asha: Any) -> None:
    browser = panel(shop.person("staff"))
    path = f"/admin/user/edit/?id={asha.id}"
    token = csrf(browser.get(path))

    browser.post(path, data={"name": "Evil", "csrf_token": token})
    for name in ("deactivate", "admin", "staff"):
        form = {"action": name, "rowid": str(asha.id), "csrf_token": token}
        browser.post("/admin/user/action/", data=form)

    after = user(app, asha.id)
    assert (after.name, after.role, after.is_active) == ("Asha Rao", "customer", True)


def test_the_last_admin_is_not_deactivated(app: Flask, panel: Any, admin: Any) -> None:
    browser = panel(admin)

    page = act(browser, "deactivate", admin.id)

    assert "The last admin must stay an admin." in page.text
    assert user(app, admin.id).is_active is True


def test_the_panel_is_closed_after_a_sign_out_elsewhere_or_a_lost_role(
    panel: Any, shop: Any, admin: Any
) -> None:
    staff = shop.person("staff")
    browser = panel(staff)
    body = {"role": "customer"}
    shop.call("PATCH", f"/user/{staff.id}/", admin.headers, json=body)

    assert browser.get("/admin/user/").status_code == 302
