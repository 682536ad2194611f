"""Dead letters: stored without hiding them, redriven or dropped in triage."""

import json

import pytest
from sqlalchemy import select
from tiny import DeadLetter, Inbox, Thing, db

from chassis import worker
from chassis.messaging import dead_letters, loops, sqs

pytestmark = pytest.mark.usefixtures("sqs")
QUEUE, DEAD = "things", "things-dlq"


def event(event_id="e-1", **changes):
    made = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/tiny",
        "type": "thing.made",
        "subject": "things/1",
        "data": {"thing_id": 1},
        "correlationid": "order-17",
    }
    return json.dumps({**made, **changes})


@pytest.fixture
def thing(app):
    with app.app_context():
        db.session.add(Thing(name="a", price=1, left=5))
        db.session.commit()


@pytest.fixture(autouse=True)
def context(app, thing):
    with app.app_context():
        yield


def die(*bodies):
    """Put messages into the dead-letter queue."""
    for body in bodies:
        attributes = {"correlationid": {"DataType": "String", "StringValue": "c-1"}}
        entry = {"Id": "1", "MessageBody": body, "MessageAttributes": attributes}
        assert sqs.send(DEAD, {"1": entry}) == {1}


def sync(**options):
    return dead_letters.sync(QUEUE, 0, **options)


def stored():
    db.session.rollback()
    return list(db.session.scalars(select(DeadLetter).order_by(DeadLetter.id)))


def states():
    return [row.state for row in stored()]


def decide(state, note=None):
    for row in stored():
        row.retry() if state == "again" else row.drop(note)
    db.session.commit()


def left():
    db.session.rollback()
    return db.session.scalars(select(Thing.left)).one()


def test_a_dead_letter_is_stored_with_its_envelope():
    die(event())

    assert sync() == []

    (row,) = stored()
    assert (row.queue, row.type, row.subject) == (QUEUE, "thing.made", "things/1")
    assert (row.correlation_id, row.receives) == ("order-17", 0)
    assert (row.body, row.state) == (event(), "waiting")


def test_the_receives_of_a_dead_letter_are_counted():
    sqs.send(QUEUE, {"1": {"Id": "1", "MessageBody": event()}})
    for _ in range(10):
        sqs.release(QUEUE, sqs.receive(QUEUE, 0))
    assert sqs.receive(QUEUE, 0) == []

    sync()

    assert [row.receives for row in stored()] == [10]


@pytest.mark.parametrize(
    "body", ["{", "[1]", '"a"', "[" * 9999, '{"type": ["\\u0000"], "subject": 5}']
)
def test_a_dead_letter_that_is_not_an_event_is_stored_too(body):
    die(body)

    sync()

    assert [row.body for row in stored()] == [body]


def test_a_dead_letter_is_stored_once_and_stays_visible_to_others():
    die(*(event(f"e-{n}") for n in range(25)))

    for _ in range(3):
        sync()

    assert states() == ["waiting"] * 25
    assert sqs.depths(QUEUE) == {QUEUE: 0, DEAD: 25}
    assert len(sqs.receive(DEAD, 0, MaxNumberOfMessages=10)) == 10


def test_two_workers_store_a_dead_letter_once(monkeypatch):
    die(event())
    release = sqs.release
    with monkeypatch.context() as patch:  # the other worker holds the message
        patch.setattr(sqs, "release", lambda *_: None)
        sync()
        assert (sync(), states()) == ([], ["waiting"])
        assert sqs.depths(QUEUE)[DEAD] == 1
    monkeypatch.setattr(sqs, "release", release)


def test_a_worker_that_crashes_loses_no_dead_letter(monkeypatch):
    die(event())
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "VISIBILITY", 0)  # that time is over at once
        patch.setattr(dead_letters, "_store", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sync()
    assert states() == []

    sync()

    assert states() == ["waiting"]


def test_a_redriven_message_is_sent_unchanged():
    die(event())
    sync()
    decide("again")

    assert sync() == [f"{stored()[0].message_id} done"]

    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 0}
    assert states() == ["done"]
    (message,) = sqs.receive(QUEUE, 0)
    assert message["Body"] == event()
    assert message["MessageAttributes"]["correlationid"]["StringValue"] == "c-1"


def test_a_crash_between_send_and_delete_only_duplicates(app, monkeypatch):
    die(event())
    sync()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "_set_state", lambda *_: 1 / 0)  # sent, and dies
        patch.setattr(dead_letters, "VISIBILITY", 0)
        with pytest.raises(ZeroDivisionError):
            sync()
    assert (states(), sqs.depths(QUEUE)) == (["again"], {QUEUE: 1, DEAD: 1})

    sync()

    assert (states(), sqs.depths(QUEUE)) == (["done"], {QUEUE: 2, DEAD: 0})
    db.session.rollback()
    worker.drain(app)
    assert left() == 4
    assert [mark.event_id for mark in db.session.scalars(select(Inbox))] == ["e-1"]


def test_a_message_whose_deletion_was_lost_is_deleted_and_not_sent_twice(monkeypatch):
    die(event())
    sync()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "remove", lambda *_: None)
        sync()
    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 1}

    sync()

    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 0}


def test_a_message_that_its_queue_refuses_stays(monkeypatch):
    die(event())
    sync()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "send", lambda *_: set())
        assert sync() == []
    assert (states(), sqs.depths(QUEUE)[DEAD]) == (["again"], 1)

    sync()

    assert states() == ["done"]


def test_a_dropped_message_leaves_its_queue_and_stays_in_the_table():
    die(event())
    sync()
    decide("dropped", "a copy of order 17")

    assert len(sync()) == 1

    (row,) = stored()
    assert (row.state, row.note, row.body) == ("dropped", "a copy of order 17", event())
    assert sqs.depths(QUEUE) == {QUEUE: 0, DEAD: 0}


def test_a_message_that_left_its_queue_by_itself_is_gone(move_clock):
    die(event("a moved one"), event("b stays"))
    sync()
    moved, other = sorted(sqs.receive(DEAD, 0), key=lambda message: message["Body"])
    sqs.remove(DEAD, moved)
    sqs.release(DEAD, [other])

    sync()
    assert states() == ["waiting", "waiting"]  # one empty receive proves nothing
    move_clock(11 * 60)
    sync()

    assert sorted(states()) == ["gone", "waiting"]


def test_a_message_that_was_only_hidden_waits_again(move_clock):
    die(event())
    sync()
    (hidden,) = sqs.receive(DEAD, 0)
    move_clock(11 * 60)
    sync()
    assert states() == ["gone"]
    sqs.release(DEAD, [hidden])

    sync()

    assert states() == ["waiting"]


def test_no_message_is_gone_while_the_queue_is_unavailable(move_clock, monkeypatch):
    die(event())
    sync()
    move_clock(11 * 60)
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "receive", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sync()
    assert states() == ["waiting"]


def test_messages_beyond_the_last_batch_are_not_gone(move_clock, monkeypatch):
    die(*(event(f"e-{n}") for n in range(4)))
    sync()
    move_clock(11 * 60)
    monkeypatch.setattr(dead_letters, "BATCH", 1)
    monkeypatch.setattr(dead_letters, "MAX_BATCHES", 2)

    sync()

    assert states() == ["waiting"] * 4


def command(app, *words):
    return app.test_cli_runner().invoke(args=["redrive", *words])


def test_redrive_sends_all_messages_and_reports_each(app):
    die(*(event(f"e-{n}") for n in range(3)), event("dropped"))
    sync()
    stored()[-1].drop("not ours")
    db.session.commit()

    done = command(app, QUEUE)

    assert done.exit_code == 0
    assert sorted(line.split()[-1] for line in done.output.splitlines()[:-1]) == [
        *["done"] * 3,
        "dropped",
    ]
    assert done.output.endswith("things-dlq: 0 left.\n")
    assert sqs.depths(QUEUE) == {QUEUE: 3, DEAD: 0}


def test_redrive_sends_messages_that_no_worker_has_stored_yet(app):
    die(event())

    assert command(app, QUEUE).exit_code == 0

    assert states() == ["done"]


def test_redrive_fails_when_messages_are_left(app, monkeypatch):
    die(event())
    monkeypatch.setattr(loops, "REDRIVES", 1)
    monkeypatch.setattr(sqs, "send", lambda *_: set())

    done = command(app, QUEUE)

    assert (done.exit_code, done.output) == (1, "things-dlq: 1 left.\n")


def test_redrive_names_the_queues_that_the_service_reads(app):
    done = command(app, "order-events")

    assert done.exit_code == 2
    assert "This service does not read order-events; it reads things." in done.output
