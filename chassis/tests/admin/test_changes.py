"""Changes made in the panel: guarded, through the service's rules, written down."""

import pytest
from panel import Browser, rows
from sqlalchemy import select
from tiny import ActionLog, AdminSession, Thing, ThingView, db

from chassis.admin import CHASSIS_TABLES
from chassis.errors import Unprocessable


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


def log(app):
    with app.app_context():
        return list(db.session.scalars(select(ActionLog)))


def stored(app, thing):
    with app.app_context():
        return db.session.get(Thing, thing)


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


def test_a_row_is_made_through_the_hook_and_written_down(app, staff):
    staff.post("thing/new/", page="thing/new/", name="lamp", price="4.5")

    (entry,) = log(app)
    assert (entry.user_id, entry.email) == (900, "asha@example.com")
    assert (entry.action, entry.model, entry.object_id) == ("create", "Thing", "1")
    assert entry.before is None
    assert (entry.after["name"], entry.after["price"]) == ("lamp", "4.50")


def test_a_change_is_written_down_with_before_and_after(app, staff, thing):
    page = f"thing/edit/?id={thing}"

    answer = staff.post(page, page=page, name="lantern", price="499.00")

    (entry,) = log(app)
    assert answer.status_code == 302
    assert (entry.before["name"], entry.after["name"]) == ("lamp", "lantern")
    assert entry.correlation_id == answer.headers["X-Correlation-ID"]


def test_a_deletion_is_written_down_with_what_was_there(app, staff, thing):
    staff.post("thing/delete/", page="thing/", id=str(thing))

    (entry,) = log(app)
    assert stored(app, thing) is None
    assert (entry.action, entry.before["name"], entry.after) == ("delete", "lamp", None)


def test_an_action_is_written_down_for_each_row(app, staff, add):
    chosen = [str(add()), str(add())]
    add("left alone")

    page = staff.post(
        "thing/action/", page="thing/", action="empty", rowid=chosen, follow=True
    )

    assert "Empty: done for 2 of 2." in page.text
    assert [(e.action, e.object_id, e.after["left"]) for e in log(app)] == [
        ("empty", key, 0) for key in chosen
    ]


def test_the_log_never_holds_hidden_columns(app, staff, add):
    thing = add(secret="s3cr3t")
    staff.post("thing/delete/", page="thing/", id=str(thing))

    (entry,) = log(app)
    assert "secret" not in entry.before


def test_a_refusal_is_a_sentence_and_nothing_has_changed(app, staff, thing):
    page = f"thing/edit/?id={thing}"

    answer = staff.post(page, page=page, name="taken", price="1", follow=True)

    assert answer.status_code == 200
    assert "There is one already." in answer.text
    assert stored(app, thing).name == "lamp"
    assert not log(app)


def test_a_refusal_names_the_wrong_fields(staff, thing, monkeypatch):
    def refuse(*_):
        raise Unprocessable("1 field is not valid.", errors={"name": ["Too plain."]})

    monkeypatch.setattr(ThingView, "on_create", refuse)

    answer = staff.post("thing/new/", page="thing/new/", name="a", price="1")

    assert "1 field is not valid. name: Too plain." in answer.text


def test_what_the_database_refuses_is_a_sentence_too(app, staff, thing, monkeypatch):
    monkeypatch.setattr(
        ThingView, "on_edit", lambda _, row, data: setattr(row, "left", -1) or row
    )
    page = f"thing/edit/?id={thing}"

    answer = staff.post(page, page=page, name="a", price="1", follow=True)

    assert "The change contradicts what is stored" in answer.text
    assert stored(app, thing).left == 5
    assert not log(app)


def test_an_amount_that_is_none_is_refused(app, staff, thing, subtests):
    page = f"thing/edit/?id={thing}"

    for price in ("1.005", "abc", "NaN", "1e999999", "", " ", "١٢"):
        with subtests.test(price=price):
            answer = staff.post(page, page=page, name="lamp", price=price, follow=True)
            assert answer.status_code == 200
            assert str(stored(app, thing).price) == "499.00"


def test_a_form_sets_only_the_columns_that_it_names(app, staff, thing):
    page = f"thing/edit/?id={thing}"

    staff.post(page, page=page, name="lantern", price="1", left="99", secret="x")

    row = stored(app, thing)
    assert (row.name, row.left, row.secret) == ("lantern", 5, "hush")


def test_what_only_admins_may_change_staff_may_not(
    app, staff, changes, thing, monkeypatch
):
    monkeypatch.setattr(ThingView, "writers", ("admin",))
    with app.app_context():
        before = rows(db)

    for path, form in changes:
        answer = staff.post(path, page="login/", follow=True, **form)
        assert answer.status_code < 500, path

    with app.app_context():
        assert rows(db) == before


def test_admins_may_change_what_staff_may(app, user_svc, browser, thing):
    user_svc.role = "admin"
    browser.sign_in()
    page = f"thing/edit/?id={thing}"

    browser.post(page, page=page, name="lantern", price="1")

    assert stored(app, thing).name == "lantern"


def test_the_chassis_tables_can_only_be_read(app, staff, subtests):
    with app.app_context():
        key = db.session.scalar(select(AdminSession.id))
        before = rows(db)

    for view in CHASSIS_TABLES:
        with subtests.test(view):
            assert staff.get(f"{view}/").status_code == 200
            for path in ("new/", f"edit/?id={key}", "delete/"):
                staff.post(f"{view}/{path}", id=key)
            staff.post(f"{view}/action/", action="delete", rowid=key)

    with app.app_context():
        assert rows(db) == before
