"""Access control: every address of the panel needs a sign-in and a CSRF token."""

import pytest
from panel import Browser, addresses, rows
from tiny import db


@pytest.fixture
def customer(browser, user_svc):
    user_svc.role = "customer"
    browser.sign_in()
    return browser


@pytest.fixture
def changes(thing):
    """Return every form that changes something: where it stands, and its fields."""
    row = {"id": str(thing), "url": "/admin/thing/"}
    return [
        ("thing/new/", {"name": "new", "price": "1"}),
        (f"thing/edit/?id={thing}", {"name": "changed", "price": "1"}),
        ("thing/delete/", row),
        ("thing/action/", {"action": "empty", "rowid": str(thing), **row}),
        ("thing/action/", {"action": "delete", "rowid": str(thing), **row}),
        ("thing/ajax/update/", {"list_form_pk": str(thing), "name": "changed"}),
    ]


@pytest.mark.parametrize("who", ["browser", "customer"])
def test_no_address_is_open_to_anonymous_users_or_customers(app, thing, who, request):
    visitor = request.getfixturevalue(who)
    with app.app_context():
        before = rows(db)

    for path, method in addresses(app):
        answer = visitor.client.open(f"/admin/{path}", method=method, data={"id": "1"})
        place = (path, method, answer.status_code)
        if method in ("GET", "HEAD"):
            assert answer.status_code == 302, place
            assert answer.location.startswith("/admin/login/?next="), place
        else:
            assert answer.status_code == 403, place

    with app.app_context():
        assert rows(db) == before


def test_pages_are_never_cached(staff):
    assert staff.get().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", [None, "", "nonsense", "another session's"])
def test_nothing_changes_without_this_sessions_token(app, staff, changes, token):
    if token == "another session's":
        another = Browser(app)
        another.sign_in()
        token = another.token("thing/new/")
    with app.app_context():
        before = rows(db)

    for path, form in changes:
        form = form if token is None else {**form, "csrf_token": token}
        assert staff.send(path, form).status_code == 400, path

    with app.app_context():
        assert rows(db) == before


@pytest.mark.parametrize("path", ["login/", "logout/"])
def test_signing_in_and_out_need_a_token_too(staff, path):
    answer = staff.send(path, {"email": "asha@example.com", "password": "right"})

    assert answer.status_code == 400
    assert staff.is_in()


def test_the_api_takes_no_cookie_and_needs_no_token(client, tokens):
    body = {"name": "lamp", "price": "1.00"}

    assert client.post("/things/", json=body, headers=tokens.user()).status_code == 201


def test_a_problem_is_a_page_for_people_and_a_document_for_programs(staff):
    page = staff.get("nowhere/")
    document = staff.client.get("/admin/nowhere/", headers={"Accept": "*/json"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert document.mimetype == "application/problem+json"
