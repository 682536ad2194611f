"""Triage: messages wait for a decision, and alerts repeat until there is one."""

import json
from functools import partial

import pytest
from sqlalchemy import select
from tiny import DeadLetter, QuarantinedMessage, Thing, db

from chassis.errors import Conflict, Unprocessable
from chassis.messaging import dead_letters, sqs, triage

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


def decide(state, note=None):
    for row in stored():
        row.retry() if state == "again" else row.drop(note)
    db.session.commit()


def test_waiting_messages_are_alerted_again(capsys, caplog):
    die(event())

    sync()
    sync()
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


def test_a_reason_is_needed_to_drop_a_message():
    row = DeadLetter(state="waiting")

    with pytest.raises(Unprocessable):
        row.drop("  ")

    assert row.state == "waiting"


@pytest.mark.parametrize("state", ["again", "done", "dropped", "gone"])
def test_a_message_that_no_longer_waits_cannot_be_decided_on(state):
    row = DeadLetter(state=state, note="seen")

    for decide in (row.retry, partial(row.drop, "again")):
        with pytest.raises(Conflict, match=f"no longer waiting: it is {state}"):
            decide()

    assert (row.state, row.note) == (state, "seen")
