"""The panel: closed to strangers; no form sets a state or an amount."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.http import Answer
from order_svc.extensions import db
from order_svc.models import ActionLog

# Flask-Admin's own select fields are older than WTForms 3.3.
pytestmark = pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning")
VIEWS = ("order", "orderitem", "orderrefund", "orderhistory", "owed")


class UserSvc:
    """A fake of user-svc with one member of staff, who has any password."""

    def __init__(self, role: str = "staff") -> None:
        self.me = {"id": 900, "name": "Mira", "email": "m@shop.example", "role": role}
        self.pool: dict[str, Any] = {}

    def call(self, method: str, path: str, **_: Any) -> Answer:
        tokens = {"access_token": "a", "refresh_token": "r"}
        return Answer(200, self.me if path == "/user/me/" else tokens)


class Panel:
    """A browser at the panel."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> Any:
        return self.client.get(f"/admin/{path}", headers={"Accept": "text/html"})

    def post(self, path: str, page: str = "", **form: Any) -> Any:
        """Post a form with the token of its page."""
        shown = self.get(page or path).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token, shown[:500]
        return self.client.post(
            f"/admin/{path}",
            data={"csrf_token": token[1], **form},
            follow_redirects=True,
        )


@pytest.fixture
def panel(app: Flask, client: FlaskClient) -> Panel:
    app.extensions["user_svc_sign_in"] = UserSvc()
    browser = Panel(client)
    answer = browser.post("login/", email="m@shop.example", password="x")
    assert answer.status_code == 200
    return browser


def addresses(app: Flask) -> list[tuple[str, str]]:
    return [
        (re.sub(r"<[^>]+>", "csv", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/admin/")
        and rule.endpoint not in ("admin.login", "admin.static")
    ]


def test_the_panel_is_closed_to_everybody_who_is_not_signed_in(
    shop: Any, subtests: Any
) -> None:
    order = shop.placed()

    for path, method in addresses(shop.app):
        for who in (None, shop.asha, shop.admin):
            form = {"id": "1", "action": "cancel", "rowid": "1"}
            answer = shop.call(method, path, who, data=form)

            with subtests.test(f"{method} {path}"):
                assert answer.status_code == (302 if method == "GET" else 403)
    assert shop.state(order) == "awaiting_payment"


def test_every_table_is_registered(app: Flask, panel: Panel) -> None:
    registered = {view.model for view in app.extensions["admin"][0]._views[1:]}

    tables = {mapper.class_ for mapper in db.Model.registry.mappers}
    assert registered == tables


def test_every_view_lists_searches_shows_and_exports(
    shop: Any, panel: Panel, subtests: Any
) -> None:
    order = shop.confirmed(body={"note": "=1+1"})
    shop.refund(order, items=[{"product_id": 1, "quantity": 1}])

    for view in VIEWS:
        for query in ("", "?search=a", "?sort=0&desc=1", "export/csv/"):
            with subtests.test(f"{view} {query}"):
                assert panel.get(f"{view}/{query}").status_code == 200
        with subtests.test(f"{view} details"):
            assert panel.get(f"{view}/details/?id=1").status_code == 200
    assert "User 17" in panel.get("order/?search=user 17").text
    assert "User 17" not in panel.get("order/?search=nobody").text


def test_nothing_can_be_made_changed_or_deleted_by_hand(
    shop: Any, panel: Panel, subtests: Any
) -> None:
    shop.placed()
    page = "login/"

    for view in VIEWS:
        for entry in ("new/", "edit/?id=1", "delete/"):
            answer = panel.post(
                f"{view}/{entry}", page, id="1", state="confirmed", total_price="1"
            )

            with subtests.test(f"{view} {entry}"):
                assert "Record was successfully" not in answer.text
    assert shop.state(1) == "awaiting_payment"
    assert shop.get(1)["total_price"] == "998.00"


def test_staff_cancel_unpaid_orders_and_see_what_was_refused(
    shop: Any, panel: Panel
) -> None:
    unpaid, paid = shop.placed(), shop.confirmed()

    answer = panel.post(
        "order/action/", "order/", action="cancel", rowid=[str(unpaid), str(paid)]
    )

    assert "done for 1 of 2" in answer.text
    assert "can only be refunded" in answer.text
    assert (shop.state(unpaid), shop.state(paid)) == ("cancelling", "confirmed")
    with shop.app.app_context():
        logged = db.session.scalars(select(ActionLog)).one()
        assert (logged.user_id, logged.action) == (900, "cancel")
        assert (logged.object_id, logged.after["state"]) == (str(unpaid), "cancelling")
