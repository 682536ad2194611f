"""The outbox: every event leaves at least once, in its envelope."""

import json
import threading
import uuid

import pytest
from sqlalchemy import select
from tiny import Outbox, Thing, db

from chassis import clock, correlation, retention
from chassis.messaging import outbox, sqs


def add(app, *subjects, queue="things", row_id=None):
    with app.app_context():
        for subject in subjects:
            event = Outbox.event(queue, "/tiny", "thing.made", subject, {"thing_id": 1})
            event.id = row_id
            db.session.add(event)
        db.session.commit()


def relay(app):
    with app.app_context():
        return outbox.relay()


def rows(app, *values):
    with app.app_context():
        found = db.session.scalars(select(Outbox).order_by(Outbox.id))
        return [
            {n: getattr(row, n) for n in values or ("published_at",)} for row in found
        ]


def received(app, queue="things"):
    """Return all messages of a queue, deleted as they come."""
    found = []
    with app.app_context():
        while messages := sqs.receive(queue, 0):
            for message in messages:
                found.append(message)
                sqs.remove(queue, message)
    return found


def bodies(app):
    return [json.loads(message["Body"]) for message in received(app)]


@pytest.mark.usefixtures("sqs")
def test_an_event_leaves_in_its_envelope(app, client, tokens):
    headers = {**tokens.user(), "X-Correlation-ID": "order-17"}
    client.post("/things/", json={"name": "₹", "price": "1"}, headers=headers)

    assert relay(app) == 1
    (message,) = received(app)

    event = json.loads(message["Body"])
    assert uuid.UUID(event["id"]).version == 4
    assert event.pop("time").endswith("Z")
    assert event.pop("id")
    trace = event.pop("traceparent")
    assert event == {
        "specversion": "1.0",
        "source": "/tiny",
        "type": "thing.made",
        "subject": "things/1",
        "datacontenttype": "application/json",
        "data": {"thing_id": 1},
        "correlationid": "order-17",
    }
    attributes = {
        name: value["StringValue"]
        for name, value in message["MessageAttributes"].items()
    }
    assert attributes == {"correlationid": "order-17", "traceparent": trace}


@pytest.mark.usefixtures("sqs")
def test_an_event_is_sent_once(app):
    add(app, "a", "b", "c")

    assert relay(app) == 3
    assert relay(app) == 0
    assert [event["subject"] for event in bodies(app)] == ["a", "b", "c"]
    assert all(row["published_at"] for row in rows(app))


@pytest.mark.usefixtures("sqs")
def test_an_event_that_is_committed_after_a_later_one_is_sent_too(app):
    add(app, "later", row_id=2)
    assert relay(app) == 1

    add(app, "earlier", row_id=1)  # its transaction has taken the id before

    assert relay(app) == 1
    assert [event["subject"] for event in bodies(app)] == ["later", "earlier"]


@pytest.mark.usefixtures("sqs")
def test_an_event_of_a_change_that_failed_does_not_exist(app):
    with app.app_context():
        db.session.add(Outbox.event("things", "/tiny", "thing.made", "a", {}))
        db.session.add(Thing(name="a", price=None))
        with pytest.raises(Exception, match=r"(?i)null"):
            db.session.commit()

    assert relay(app) == 0


@pytest.mark.usefixtures("sqs")
def test_events_of_several_queues_leave_together_ten_at_a_time(app):
    add(app, *"abcdefgh")
    add(app, *"abcdefgh", queue="others")

    assert [relay(app), relay(app), relay(app)] == [10, 6, 0]
    assert len(received(app)) == len(received(app, "others")) == 8


class Away:
    """A queue that does not answer."""

    def __getattr__(self, name):
        raise ConnectionError("no queue")


@pytest.mark.usefixtures("sqs")
def test_while_the_queue_is_away_events_stay_and_are_sent_later(app, hold_clock):
    add(app, "a", "b")
    app.extensions["sqs"] = Away()

    assert relay(app) == 0
    assert [row["published_at"] for row in rows(app)] == [None, None]
    assert [row["attempts"] for row in rows(app, "attempts")] == [1, 1]

    del app.extensions["sqs"]
    hold_clock(1)
    assert relay(app) == 0, "its pause is not over"
    hold_clock(10)
    assert relay(app) == 2
    assert [event["subject"] for event in bodies(app)] == ["a", "b"]


@pytest.mark.usefixtures("sqs")
def test_pauses_grow_to_half_a_minute_and_no_further(app, hold_clock):
    add(app, "a")
    app.extensions["sqs"] = Away()
    pauses, passed = [], 0
    for _ in range(7):
        relay(app)
        (row,) = rows(app, "next_check_at")
        pauses.append(round((row["next_check_at"] - clock.now()).total_seconds()))
        passed += 40
        hold_clock(passed)

    assert pauses == [2, 4, 8, 16, 30, 30, 30]


@pytest.mark.usefixtures("sqs")
def test_of_a_batch_that_failed_in_part_only_the_rest_is_sent_again(
    app, monkeypatch, move_clock
):
    add(app, "a", "b", "c")
    with app.app_context():
        real = sqs.client()
        app.extensions["sqs"] = Partly(real)
    assert relay(app) == 2
    app.extensions["sqs"] = real
    move_clock(10)
    assert relay(app) == 1

    assert [event["subject"] for event in bodies(app)] == ["a", "c", "b"]


class Partly:
    """A client whose batches lose their second entry, with HTTP 200."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return getattr(self.real, name)

    def send_message_batch(self, *, QueueUrl, Entries):
        kept = [Entries[0], *Entries[2:]]
        answer = self.real.send_message_batch(QueueUrl=QueueUrl, Entries=kept)
        failed = {"Id": Entries[1]["Id"], "SenderFault": False, "Code": "InternalError"}
        return {**answer, "Failed": [failed]}


@pytest.mark.usefixtures("sqs")
def test_two_relays_send_each_event_once(app):
    # SQS creates a queue once. Moto replaces a queue that two threads create at once.
    assert received(app) == []
    add(app, *map(str, range(45)))
    start, sent = threading.Barrier(2), []

    def run():
        start.wait(10)
        while done := relay(app):
            sent.append(done)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    while done := relay(app):
        sent.append(done)
    assert sum(sent) == 45
    assert sorted(int(event["subject"]) for event in bodies(app)) == list(range(45))


@pytest.mark.usefixtures("sqs")
def test_a_relay_that_died_keeps_its_rows_until_the_lease_ends(app, hold_clock):
    add(app, "a")
    with app.app_context():
        assert len(outbox._lease()) == 1

    hold_clock(29)
    assert relay(app) == 0
    hold_clock(31)
    assert relay(app) == 1


@pytest.mark.usefixtures("sqs")
def test_an_event_carries_the_correlation_id_of_its_work(app):
    with app.app_context():
        correlation.use("job-1")
        event = Outbox.event("things", "/tiny", "thing.made", "a", {})

    assert (event.correlation_id, event.traceparent) == ("job-1", "")


def test_the_age_of_the_oldest_waiting_event_is_returned(app, move_clock):
    with app.app_context():
        assert outbox.oldest_seconds() == 0
    add(app, "a")
    move_clock(60)
    with app.app_context():
        assert 59 < outbox.oldest_seconds() < 120


@pytest.mark.usefixtures("sqs")
def test_only_old_events_that_have_left_are_forgotten(app, move_clock):
    add(app, "gone")
    relay(app)
    add(app, "waits")
    with app.app_context():
        assert retention.prune() == 0
    move_clock(31 * 86400)
    with app.app_context():
        assert retention.prune() == 1

    assert [row["subject"] for row in rows(app, "subject")] == ["waits"]
