"""The overview, sign-in and sign-out pages."""

import re

import pytest
from tiny import Dependency, db

from chassis.admin import index


def test_staff_get_in_and_are_greeted(browser):
    answer = browser.sign_in()

    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert "Asha · staff" in browser.get().text


def test_a_link_cannot_sign_out(staff):
    assert staff.get("logout/").status_code == 405
    assert staff.is_in()


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/admin/thing/", "/admin/thing/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/admin/", "/admin/"),
        ("/orders/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_signing_in_leads_on_within_the_panel_alone(browser, wanted, place):
    form = {"csrf_token": browser.token("login/"), "email": "a", "password": "right"}

    answer = browser.client.post(f"/admin/login/?next={wanted}", data=form)

    assert answer.location == place


def test_the_overview_shows_user_counts_dependencies_and_documents(app, staff, add):
    with app.app_context():
        add(), add()
        db.session.add(Dependency(name="things-dlq", ok=False, detail="3 waiting"))
        db.session.commit()

    text = staff.get().text

    assert "Asha · staff" in text
    assert re.search(r"<strong>2</strong>\s*Things", text)
    assert "things-dlq" in text
    assert "3 waiting" in text
    assert 'href="/swagger/"' in text
    assert 'href="/redoc/"' in text


def test_the_page_of_dependencies_keeps_its_address(staff):
    assert staff.client.get("/admin/neighbours/").status_code == 200


def test_the_overview_counts_no_further_than_is_cheap(staff, add, monkeypatch):
    monkeypatch.setattr(index, "MANY", 1)
    add(), add()

    assert re.search(r"<strong>1\+</strong>\s*Things", staff.get().text)
