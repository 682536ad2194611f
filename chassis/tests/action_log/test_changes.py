"""What is logged of a row: no secrets, no bytes, and of a change what has changed."""

import pytest
from sqlalchemy import delete, inspect, update
from tiny import IdempotencyKey, Thing, db

from chassis.action_log.changes import CHUNK, Touched


def test_a_secret_is_logged_as_changed_and_never_with_its_value(acting, thing, log):
    acting(lambda: db.session.execute(update(Thing).values(secret="s3cr3t")))

    (row,) = log()
    assert row.before == row.after == {"secret": "(changed)"}


def test_a_deleted_or_new_row_is_logged_without_its_secrets(acting, thing, log):
    def work():
        db.session.add(Thing(name="other", price=1, secret="s3cr3t"))
        db.session.commit()
        db.session.execute(delete(Thing).where(Thing.name == "other"))

    acting(work)

    created, deleted = log()
    assert created.after["name"] == deleted.before["name"] == "other"
    assert "secret" not in created.after.keys() | deleted.before.keys()


def test_a_column_that_follows_from_others_is_not_logged(
    acting, thing, log, monkeypatch
):
    monkeypatch.setitem(Thing.__table__.c.left.info, "derived", True)

    acting(lambda: db.session.execute(update(Thing).values(left=1, name="new")))

    (row,) = log()
    assert row.after == {"name": "new"}


def test_more_rows_than_a_query_takes_are_all_logged(acting, thing, log, monkeypatch):
    monkeypatch.setattr("chassis.action_log.changes.CHUNK", 2)
    assert CHUNK > 2

    def work():
        db.session.add_all(Thing(name=f"n{n}", price=1) for n in range(5))
        db.session.commit()
        db.session.execute(update(Thing).values(left=1))

    acting(work)

    assert len(log()) == 5 + 6


@pytest.mark.usefixtures("app")
def test_bytes_are_not_read(app):
    mapper = inspect(IdempotencyKey)
    with app.app_context():
        row = IdempotencyKey(
            caller="c",
            route="r",
            key="k",
            fingerprint="f",
            body=b"secret",
            leased_until=IdempotencyKey.created_at.default.arg(None),
        )
        db.session.add(row)
        db.session.flush()

        found = Touched(db.session)._read(mapper, [(row.id,)])[(row.id,)]

    assert found["key"] == "k"
    assert "body" not in found
