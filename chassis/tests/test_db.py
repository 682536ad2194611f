"""Amounts, moments and transactions mean the same on both databases."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from tiny import Thing, create_app, db

from chassis import clock
from chassis.config import Settings
from chassis.db import allow_writes, engine_options, reading, writing
from devtools.testkit.plugin import SECRET

GOOD = {"SECRET_KEY": SECRET, "PUBLIC_URL": "http://127.0.0.1", "APP_ENV": "test"}


def add(session, *prices, **values):
    things = [Thing(name="a", price=Decimal(price), **values) for price in prices]
    session.add_all(things)
    session.commit()
    return things


@pytest.mark.parametrize("price", ["0.00", "0.10", "4.50", "1000.00", "99999999.99"])
def test_an_amount_comes_back_exactly(session, price):
    add(session, price)

    found = session.scalar(select(Thing.price))
    assert (found, str(found)) == (Decimal(price), price)


def test_amounts_sum_exactly(session):
    add(session, "0.10", "0.20", "0.70")

    assert str(session.scalar(select(func.sum(Thing.price)))) == "1.00"
    assert str(session.scalar(select(func.max(Thing.price)))) == "0.70"


def test_amounts_compare_as_numbers(session):
    add(session, "9.00", "10.00", "100.00")

    found = session.scalars(
        select(Thing.price).where(Thing.price > Decimal("9.5")).order_by(Thing.price)
    )
    assert list(found) == [Decimal(10), Decimal(100)]


@pytest.mark.parametrize("price", ["1.005", "0.001", "NaN"])
def test_more_than_two_places_are_refused(session, price):
    with pytest.raises(StatementError, match="more than two decimal places"):
        add(session, price)


def test_a_moment_comes_back_in_utc(session):
    india = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 11, 25, 15, 0, 0, 123456, tzinfo=india)
    add(session, "1", created_at=moment)

    found = session.scalar(select(Thing.created_at))
    assert found == moment
    assert found.utcoffset() == timedelta()
    assert found.hour == 9


def test_moments_compare_across_zones(session):
    india = timezone(timedelta(hours=5, minutes=30))
    add(session, "1", created_at=datetime(2026, 1, 1, 12, tzinfo=UTC))
    after = datetime(2026, 1, 1, 17, tzinfo=india)  # 11:30 in UTC

    assert session.scalar(select(Thing.id).where(Thing.created_at > after))


def test_a_moment_without_zone_is_refused(session):
    with pytest.raises(StatementError, match="without time zone"):
        add(session, "1", created_at=datetime(2026, 11, 25, 15))


def test_a_row_knows_when_it_was_made_and_changed(session, move_clock):
    before = clock.now()
    (thing,) = add(session, "1")
    made = thing.created_at
    move_clock(60)
    thing.name = "b"
    session.commit()

    assert before <= made <= clock.now()
    assert thing.created_at == made
    assert thing.updated_at - made >= timedelta(seconds=59)


def test_two_readers_that_then_write_lose_nothing(app):
    with app.app_context():
        (thing,) = add(db.session, "1", left=16)
        thing_id = thing.id
    together, wrong = threading.Barrier(16), []

    def take_one():
        with app.app_context():
            together.wait(10)
            try:
                found = db.session.scalar(
                    select(Thing).filter_by(id=thing_id).with_for_update()
                )
                left = found.left
                found.left = left - 1
                db.session.commit()
            except OperationalError as error:
                wrong.append(error)

    threads = [threading.Thread(target=take_one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        assert (wrong, db.session.get(Thing, thing_id).left) == ([], 0)


@pytest.fixture
def begins(own_app):
    """Return the BEGINs that SQLite is sent."""
    from sqlalchemy import event

    said = []
    with own_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL begins by itself")

        def note(_connection, _cursor, statement, *_):
            if statement.startswith("BEGIN"):
                said.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
    return said


def test_sqlite_takes_its_write_lock_at_the_start(own_app, begins):
    with own_app.app_context():
        db.session.scalar(select(Thing.id))

    assert begins == ["BEGIN IMMEDIATE"]


def test_sqlite_takes_no_write_lock_to_read(own_app, tokens, begins):
    client = own_app.test_client()
    client.get("/things/")
    assert begins == ["BEGIN"]

    client.post("/things/", json={"name": "a", "price": "1"}, headers=tokens.user())
    assert begins[1:] == ["BEGIN IMMEDIATE"]

    with own_app.app_context(), reading():
        db.session.scalar(select(Thing.id))
        db.session.rollback()
        with writing():
            db.session.scalar(select(Thing.id))
    assert begins[2:] == ["BEGIN", "BEGIN IMMEDIATE"]


def test_a_get_may_say_that_it_writes(own_app, begins):
    client = own_app.test_client()

    @own_app.get("/counts/")
    def count():
        allow_writes()
        db.session.scalar(select(Thing.id))
        return {}

    client.get("/counts/")
    client.get("/things/")

    assert begins == ["BEGIN IMMEDIATE", "BEGIN"]


def test_a_list_is_read_while_somebody_writes(app, client):
    with app.app_context():
        db.session.add(Thing(name="not yet", price=Decimal(1)))
        db.session.flush()
        done = threading.Thread(target=lambda: answers.append(client.get("/things/")))
        answers = []
        done.start()
        done.join()
        db.session.rollback()

    assert answers[0].json == {"data": [], "next_cursor": None}


def test_a_busy_postgresql_server_has_seconds_to_accept_a_connection():
    """It starts a process for each: two seconds were too few under load."""
    url = "postgresql://shop:secret@db/shop"
    environ = {"APP_ENV": "test", "SECRET_KEY": "x", "PUBLIC_URL": "http://localhost"}

    options = engine_options(Settings.load({**environ, "DATABASE_URL": url}))

    assert options["connect_args"]["connect_timeout"] == 5


def test_a_connection_that_dies_at_the_end_of_a_request_changes_no_answer(
    app, client, caplog, monkeypatch
):
    assert client.get("/things/").status_code == 200
    with app.app_context():
        dialect = db.engine.dialect

    def die(_connection):
        raise dialect.dbapi.OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_rollback", die)
        for path in ("/things/", "/things/1/", "/nothing/"):
            answer = client.get(path)
            assert answer.mimetype in ("application/json", "application/problem+json")
            assert answer.status_code < 500

    assert client.get("/things/").status_code == 200
    assert "connection lost" in caplog.text


def test_what_runs_after_a_request_is_known(app):
    """These functions run after the answer was made, so none of them may fail."""
    hooks = [*app.teardown_appcontext_funcs, *app.teardown_request_funcs[None]]

    assert {hook.__qualname__ for hook in hooks} == {
        "SQLAlchemy._teardown_session",  # ends with RequestSession.close
        "_clear_reading",
    }


def test_an_error_of_the_database_names_no_value(session):
    row = {"name": "a-secret-name", "price": Decimal(1), "left": -1, "secret": "hush"}

    with pytest.raises(IntegrityError) as refused:
        session.execute(insert(Thing).values(row))

    texts = [str(refused.value), str(refused.value.orig), repr(refused.value)]
    assert not [text for text in texts if "a-secret-name" in text]
    assert "left" in str(refused.value)


# Takes the lock that SQLite's connections share while they are open.
TAKE_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
"""


def test_a_new_connection_leaves_the_locks_of_the_others(app):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL locks in its server")
        with db.engine.connect() as reader:
            reader.execute(select(1))
            db.engine.connect().close()
            command = [sys.executable, "-c", TAKE_LOCK, db.engine.url.database]
            other = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "BlockingIOError" in other.stderr


def test_only_the_user_of_a_service_reads_its_sqlite_files(make_app, tmp_path):
    path = tmp_path / "open.db"
    path.touch(mode=0o644)
    environ = {**GOOD, "DATABASE_URL": f"sqlite:///{path}"}
    app = create_app(environ)
    with app.app_context():
        db.session.execute(select(1))
        db.session.connection().exec_driver_sql("CREATE TABLE a (b)")
        db.session.commit()
        modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
        db.engine.dispose()

    assert {"open.db", "open.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}
