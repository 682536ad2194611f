"""The audit trail: each change is logged with the row before and after."""

from sqlalchemy import select
from tiny import ActionLog, Thing, ThingView, db

from chassis.errors import Unprocessable


def log(app):
    with app.app_context():
        return list(db.session.scalars(select(ActionLog)))


def stored(app, thing):
    with app.app_context():
        return db.session.get(Thing, thing)


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


def test_nobody_changes_or_deletes_a_row_of_the_log(app, staff, thing):
    staff.post(
        f"thing/edit/?id={thing}", page=f"thing/edit/?id={thing}", name="a", price="1"
    )
    (before,) = log(app)

    for path in ("new/", "edit/?id=1", "delete/", "action/"):
        form = {"id": "1", "rowid": "1", "action": "delete", "actor": "nobody"}
        staff.post(f"action_log/{path}", page="thing/new/", **form)

    (after,) = log(app)
    assert (after.id, after.actor, after.source) == (before.id, "user:900", "panel")


def test_an_action_that_changes_no_column_is_written_down_too(app, staff, add):
    key = str(add(left=0))

    staff.post("thing/action/", page="thing/", action="empty", rowid=key)

    (entry,) = log(app)
    assert (entry.action, entry.object_id) == ("empty", key)
    assert (entry.before, entry.after) == ({}, {})
