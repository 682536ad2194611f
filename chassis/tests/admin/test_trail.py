"""The audit trail: each change is logged with the row before and after."""

from sqlalchemy import select
from tiny import ActionLog, IdempotencyKey, Thing, ThingView, db

from chassis.admin.trail import seen
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


def test_bytes_and_hidden_columns_are_not_written_down():
    row = IdempotencyKey(key="k", body=b"secret", fingerprint="f")

    shown = seen(row, ("fingerprint",))

    assert shown["key"] == "k"
    assert not {"body", "fingerprint"} & shown.keys()
