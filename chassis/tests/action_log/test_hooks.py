"""No change escapes the log: objects, statements, savepoints, and every caller."""

from decimal import Decimal

from sqlalchemy import delete, insert, update
from tiny import Outbox, Thing, db

from chassis import action_log


def add(name):
    thing = Thing(name=name, price=Decimal(1))
    db.session.add(thing)
    return thing


def what(rows):
    return [(row.object_id, row.before, row.after) for row in rows]


def test_staff_change_a_row_by_api_and_the_log_has_who_what_before_and_after(
    client, tokens, thing, log
):
    path, body = f"/things/{thing}/", {"name": "lantern"}

    answer = client.patch(path, json=body, headers=tokens.staff(17))

    (row,) = log()
    assert (row.actor, row.role, row.source) == ("user:17", "staff", "api")
    assert (row.user_id, row.email) == (17, None)
    assert (row.action, row.model) == ("PATCH /things/{thing_id}/", "Thing")
    assert what([row]) == [(str(thing), {"name": "lamp"}, {"name": "lantern"})]
    assert row.correlation_id == answer.headers["X-Correlation-ID"]


def test_a_change_by_a_services_credentials_is_logged(client, tokens, thing, log):
    who = tokens.service("erp", "tiny-svc", "things:write")

    client.patch(f"/things/{thing}/", json={"name": "lantern"}, headers=who)

    assert [(row.actor, row.role) for row in log()] == [("erp", "service")]


def test_a_new_row_is_logged_once_with_its_idempotency_key(client, tokens, log):
    body, key = {"name": "lamp", "price": "4.50"}, {"Idempotency-Key": "k"}
    for _ in range(2):
        client.post("/things/", json=body, headers={**tokens.admin(), **key})

    (row,) = log()  # neither the message in the outbox, nor the key
    assert (row.role, row.before) == ("admin", None)
    assert (row.after["name"], row.after["price"]) == ("lamp", "4.50")


def test_what_customers_do_is_not_logged(client, tokens, log):
    body = {"name": "lamp", "price": "4.50"}

    assert client.post("/things/", json=body, headers=tokens.user()).status_code == 201

    assert log() == []


def test_what_the_worker_does_is_not_logged(app, log):
    with app.app_context():
        add("lamp")
        db.session.commit()

    assert log() == []


def test_a_refused_change_is_not_logged(client, tokens, log):
    body = {"name": "taken", "price": "4.50"}

    answer = client.post("/things/", json=body, headers=tokens.staff())

    assert (answer.status_code, log()) == (409, [])


def test_a_statement_is_logged_for_each_of_its_rows(acting, thing, log):
    def work():
        add("other")
        db.session.commit()
        db.session.execute(update(Thing).values(left=1))

    acting(work)

    assert what(log())[1:] == [
        ("1", {"left": 5}, {"left": 1}),
        ("2", {"left": 5}, {"left": 1}),
    ]


def test_a_statement_on_the_table_is_logged_too(acting, thing, log):
    table = Thing.__table__

    acting(
        lambda: db.session.execute(update(table).where(table.c.id == 1).values(left=1))
    )

    assert what(log()) == [("1", {"left": 5}, {"left": 1})]


def test_a_deletion_is_logged_with_what_was_there(acting, thing, log):
    def work():
        db.session.execute(delete(Thing).where(Thing.id == add_and_flush("other")))

    def add_and_flush(name):
        row = add(name)
        db.session.commit()
        return row.id

    acting(work)

    created, deleted = log()
    assert (created.after["name"], deleted.before["name"]) == ("other", "other")
    assert (created.before, deleted.after) == (None, None)


def test_several_changes_of_a_row_in_a_transaction_are_one(acting, thing, log):
    def work():
        for left in (1, 2, 3):
            db.session.get(Thing, 1).left = left
            db.session.flush()
        db.session.execute(update(Thing).values(name="lantern"))

    acting(work)

    assert what(log()) == [
        ("1", {"name": "lamp", "left": 5}, {"name": "lantern", "left": 3})
    ]


def test_a_change_that_a_savepoint_took_back_is_not_logged(acting, thing, log):
    def work():
        savepoint = db.session.begin_nested()
        add("other")
        db.session.execute(update(Thing).values(left=1))
        savepoint.rollback()

    acting(work)

    assert log() == []


def test_a_change_in_a_savepoint_is_logged_with_the_transaction(acting, thing, log):
    def work():
        with db.session.begin_nested():
            db.session.get(Thing, 1).left = 1
        assert log_in_transaction() == []

    def log_in_transaction():
        return db.session.execute(log_table.select()).all()

    log_table = db.metadata.tables["action_log"]
    acting(work)

    assert what(log()) == [("1", {"left": 5}, {"left": 1})]


def test_a_transaction_that_is_rolled_back_leaves_nothing_for_the_next(
    acting, thing, log
):
    def work():
        db.session.execute(update(Thing).values(left=1))
        db.session.rollback()
        db.session.get(Thing, 1).name = "lantern"

    acting(work)

    assert what(log()) == [("1", {"name": "lamp"}, {"name": "lantern"})]


def test_a_row_that_is_only_touched_is_not_logged(acting, thing, log):
    acting(lambda: db.session.execute(update(Thing).values(left=5)))

    assert log() == []


def test_a_change_that_cannot_be_logged_is_not_made(
    app, acting, thing, log, monkeypatch
):
    monkeypatch.setattr("chassis.action_log.hooks._entries", lambda *_: [{"id": None}])

    answer = acting(lambda: db.session.execute(update(Thing).values(left=1)))

    assert answer.status_code == 409  # the database refuses the row without an actor
    with app.app_context():
        assert db.session.get(Thing, thing).left == 5
    assert log() == []


def test_rows_are_inserted_as_objects(acting, thing, log):
    one = {"name": "lamp", "price": Decimal(1)}

    answer = acting(lambda: db.session.execute(insert(Thing).values(one)))

    assert (answer.status_code, log()) == (500, [])


def test_a_step_of_the_saga_is_not_logged(acting, thing, log):
    def work():
        with action_log.saga_step():
            db.session.get(Thing, 1).left = 1
            db.session.flush()
        db.session.get(Thing, 1).name = "lantern"

    acting(work)

    (row,) = log()
    assert row.after == {"name": "lantern"}


def test_a_message_is_logged_when_it_is_changed_and_not_when_it_is_made(
    acting, thing, log
):
    def work():
        db.session.add(Outbox.event("things", "/tiny", "thing.made", "things/1", {}))
        db.session.commit()
        db.session.execute(update(Outbox).values(attempts=3))

    acting(work)

    assert [(r.model, r.before, r.after) for r in log()] == [
        ("Outbox", {"attempts": 0}, {"attempts": 3})
    ]


def test_an_erasure_logs_no_personal_data(acting, thing, log, monkeypatch):
    monkeypatch.setitem(Thing.__table__.c.name.info, "personal", True)

    def work():
        row = db.session.get(Thing, 1)
        action_log.erase(db.session)
        row.name, row.left = "deleted", 0
        db.session.commit()
        row.name = "next"

    acting(work)

    erased, following = log()
    assert erased.before == {"name": "(changed)", "left": 5}
    assert following.after == {"name": "next"}
