"""Dead letters: seen without being disturbed, and gone only when a person says so."""

import json

import pytest
from sqlalchemy import select
from tiny import DeadLetter, Inbox, QuarantinedMessage, Thing, db

from chassis import worker
from chassis.messaging import dead_letters, loops, sqs, triage

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


def tend(**options):
    return dead_letters.sync(QUEUE, 0, **options)


def mirror():
    db.session.rollback()
    return list(db.session.scalars(select(DeadLetter).order_by(DeadLetter.id)))


def states():
    return [row.state for row in mirror()]


def decide(state, note=None):
    for row in mirror():
        row.retry() if state == "again" else row.drop(note)
    db.session.commit()


def left():
    db.session.rollback()
    return db.session.scalars(select(Thing.left)).one()


def test_a_letter_is_mirrored_with_what_it_says():
    die(event())

    assert tend() == []

    (row,) = mirror()
    assert (row.queue, row.type, row.subject) == (QUEUE, "thing.made", "things/1")
    assert (row.correlation_id, row.receives) == ("order-17", 0)
    assert (row.body, row.state) == (event(), "waiting")


def test_a_letter_that_was_received_ten_times_says_so():
    sqs.send(QUEUE, {"1": {"Id": "1", "MessageBody": event()}})
    for _ in range(10):
        sqs.release(QUEUE, sqs.receive(QUEUE, 0))
    assert sqs.receive(QUEUE, 0) == []

    tend()

    assert [row.receives for row in mirror()] == [10]


@pytest.mark.parametrize(
    "body", ["{", "[1]", '"a"', "[" * 9999, '{"type": ["\\u0000"], "subject": 5}']
)
def test_a_letter_that_is_no_event_is_mirrored_too(body):
    die(body)

    tend()

    assert [row.body for row in mirror()] == [body]


def test_the_same_letter_is_mirrored_once_and_looking_hides_it_from_nobody():
    die(*(event(f"e-{n}") for n in range(25)))

    for _ in range(3):
        tend()

    assert states() == ["waiting"] * 25
    assert sqs.depths(QUEUE) == {QUEUE: 0, DEAD: 25}
    assert len(sqs.receive(DEAD, 0, MaxNumberOfMessages=10)) == 10


def test_two_workers_that_look_at_once_mirror_a_letter_once(monkeypatch):
    die(event())
    release = sqs.release
    with monkeypatch.context() as patch:  # the other has it in hand just now
        patch.setattr(sqs, "release", lambda *_: None)
        tend()
        assert (tend(), states()) == ([], ["waiting"])
        assert sqs.depths(QUEUE)[DEAD] == 1
    monkeypatch.setattr(sqs, "release", release)


def test_a_worker_that_dies_over_a_letter_loses_nothing(monkeypatch):
    die(event())
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "VISIBILITY", 0)  # that time is over at once
        patch.setattr(dead_letters, "_store", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tend()
    assert states() == []

    tend()

    assert states() == ["waiting"]


def test_a_letter_is_sent_again_as_it_was_when_that_is_wished():
    die(event())
    tend()
    decide("again")

    assert tend() == [f"{mirror()[0].message_id} done"]

    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 0}
    assert states() == ["done"]
    (message,) = sqs.receive(QUEUE, 0)
    assert message["Body"] == event()
    assert message["MessageAttributes"]["correlationid"]["StringValue"] == "c-1"


def test_a_crash_between_send_and_delete_only_duplicates(app, monkeypatch):
    die(event())
    tend()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "_set_state", lambda *_: 1 / 0)  # sent, and dies
        patch.setattr(dead_letters, "VISIBILITY", 0)
        with pytest.raises(ZeroDivisionError):
            tend()
    assert (states(), sqs.depths(QUEUE)) == (["again"], {QUEUE: 1, DEAD: 1})

    tend()

    assert (states(), sqs.depths(QUEUE)) == (["done"], {QUEUE: 2, DEAD: 0})
    db.session.rollback()
    worker.drain(app)
    assert left() == 4
    assert [mark.event_id for mark in db.session.scalars(select(Inbox))] == ["e-1"]


def test_a_letter_whose_deletion_was_lost_is_deleted_and_not_sent_twice(monkeypatch):
    die(event())
    tend()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "remove", lambda *_: None)
        tend()
    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 1}

    tend()

    assert sqs.depths(QUEUE) == {QUEUE: 1, DEAD: 0}


def test_a_letter_that_its_queue_does_not_take_stays(monkeypatch):
    die(event())
    tend()
    decide("again")
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "send", lambda *_: set())
        assert tend() == []
    assert (states(), sqs.depths(QUEUE)[DEAD]) == (["again"], 1)

    tend()

    assert states() == ["done"]


def test_a_dropped_letter_leaves_its_queue_and_stays_in_the_table():
    die(event())
    tend()
    decide("dropped", "a copy of order 17")

    assert len(tend()) == 1

    (row,) = mirror()
    assert (row.state, row.note, row.body) == ("dropped", "a copy of order 17", event())
    assert sqs.depths(QUEUE) == {QUEUE: 0, DEAD: 0}


def test_a_letter_that_has_left_by_itself_leaves_the_mirror(move_clock):
    die(event("a moved one"), event("b stays"))
    tend()
    moved, other = sorted(sqs.receive(DEAD, 0), key=lambda letter: letter["Body"])
    sqs.remove(DEAD, moved)
    sqs.release(DEAD, [other])

    tend()
    assert states() == ["waiting", "waiting"]  # one empty look proves nothing
    move_clock(11 * 60)
    tend()

    assert sorted(states()) == ["gone", "waiting"]


def test_a_letter_that_was_only_out_of_sight_comes_back(move_clock):
    die(event())
    tend()
    (hidden,) = sqs.receive(DEAD, 0)
    move_clock(11 * 60)
    tend()
    assert states() == ["gone"]
    sqs.release(DEAD, [hidden])

    tend()

    assert states() == ["waiting"]


def test_nothing_is_gone_as_long_as_the_queue_is_away(move_clock, monkeypatch):
    die(event())
    tend()
    move_clock(11 * 60)
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "receive", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tend()
    assert states() == ["waiting"]


def test_more_letters_than_are_looked_at_are_not_gone(move_clock, monkeypatch):
    die(*(event(f"e-{n}") for n in range(4)))
    tend()
    move_clock(11 * 60)
    monkeypatch.setattr(dead_letters, "BATCH", 1)
    monkeypatch.setattr(dead_letters, "MAX_BATCHES", 2)

    tend()

    assert states() == ["waiting"] * 4


def command(app, *words):
    return app.test_cli_runner().invoke(args=["redrive", *words])


def test_the_command_sends_all_again_and_says_what_it_did(app):
    die(*(event(f"e-{n}") for n in range(3)), event("dropped"))
    tend()
    mirror()[-1].drop("not ours")
    db.session.commit()

    said = command(app, QUEUE)

    assert said.exit_code == 0
    assert sorted(line.split()[-1] for line in said.output.splitlines()[:-1]) == [
        *["done"] * 3,
        "dropped",
    ]
    assert said.output.endswith("things-dlq: 0 left.\n")
    assert sqs.depths(QUEUE) == {QUEUE: 3, DEAD: 0}


def test_the_command_takes_what_the_worker_has_not_seen_yet(app):
    die(event())

    assert command(app, QUEUE).exit_code == 0

    assert states() == ["done"]


def test_the_command_says_when_letters_are_left(app, monkeypatch):
    die(event())
    monkeypatch.setattr(loops, "REDRIVES", 1)
    monkeypatch.setattr(sqs, "send", lambda *_: set())

    said = command(app, QUEUE)

    assert (said.exit_code, said.output) == (1, "things-dlq: 1 left.\n")


def test_the_command_names_the_queues_that_are_read_here(app):
    said = command(app, "order-events")

    assert said.exit_code == 2
    assert "This service does not read order-events; it reads things." in said.output


def test_the_alarm_is_raised_at_first_sight_and_again(capsys, caplog):
    die(event())

    tend()
    tend()
    assert caplog.text.count("dead letter") == 1
    db.session.add(QuarantinedMessage(queue=QUEUE, reason="odd", body="{"))
    db.session.commit()
    caplog.clear()
    triage.remind()

    assert "dead_letters needs triage" in caplog.text
    assert "quarantine needs triage" in caplog.text
    caplog.clear()
    decide("dropped", "seen")
    db.session.scalars(select(QuarantinedMessage)).one().retry()
    db.session.commit()
    triage.remind()
    assert "needs triage" not in caplog.text
