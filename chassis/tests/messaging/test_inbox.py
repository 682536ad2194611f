"""The inbox: each event is handled once, or quarantined."""

import json
import threading

import pytest
from sqlalchemy import func, select
from tiny import HANDLERS, Inbox, Outbox, QuarantinedMessage, Thing, db

from chassis import correlation, retention
from chassis.errors import Conflict, Unprocessable
from chassis.messaging import inbox, sqs

EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/tiny",
    "type": "thing.made",
    "subject": "things/1",
    "data": {"thing_id": 1},
    "correlationid": "order-17",
    "more": "is welcome",
}


@pytest.fixture
def thing(app):
    with app.app_context():
        db.session.add(Thing(name="a", price=1, left=2))
        db.session.commit()


def handle(app, event=None, **changes):
    body = event if isinstance(event, str) else json.dumps({**EVENT, **changes})
    with app.app_context():
        return inbox.handle("things", body, HANDLERS)


def left(app):
    with app.app_context():
        return db.session.scalar(select(Thing.left).where(Thing.id == 1))


def count(app, table):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


@pytest.mark.usefixtures("thing")
def test_a_message_has_its_effect_and_leaves_its_mark(app):
    assert handle(app) == "handled"

    assert left(app) == 1
    with app.app_context():
        mark = db.session.scalar(select(Inbox))
        assert (mark.event_id, mark.subject) == ("e-1", "things/1")
        assert mark.correlation_id == "order-17"


@pytest.mark.usefixtures("thing")
def test_a_duplicate_has_no_effect(app):
    handle(app)

    assert handle(app) == "duplicate"
    assert handle(app, data={"thing_id": 1, "more": 1}) == "duplicate"
    assert (left(app), count(app, Inbox)) == (1, 1)


@pytest.mark.usefixtures("thing")
def test_unknown_members_of_data_are_welcome(app):
    assert handle(app, data={"thing_id": 1, "new": "member"}) == "handled"


@pytest.mark.usefixtures("thing")
def test_effect_and_mark_are_kept_together_or_not_at_all(app):
    with app.app_context():
        db.session.get(Thing, 1).name = "fragile"
        db.session.commit()

    for _ in range(2):
        with pytest.raises(RuntimeError, match="broke"):
            handle(app)
    assert (left(app), count(app, Inbox)) == (2, 0)

    with app.app_context():
        db.session.get(Thing, 1).name = "solid"
        db.session.commit()
    assert handle(app) == "handled"
    assert (left(app), count(app, Inbox)) == (1, 1)


@pytest.mark.usefixtures("thing")
def test_a_mark_that_cannot_be_kept_takes_the_effect_back(app, monkeypatch):
    for event_id in ("e-1", "e-2"):
        handle(app, id=event_id)
    with pytest.raises(Exception, match="left"):
        handle(app, id="e-3")

    assert (left(app), count(app, Inbox)) == (0, 2)


@pytest.mark.usefixtures("thing")
def test_twins_on_several_connections_have_one_effect(app):
    start, outcomes = threading.Barrier(4), []

    def run():
        start.wait(10)
        try:
            outcomes.append(handle(app))
        except Exception as twin:
            outcomes.append(type(twin).__name__)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("handled") == 1
    assert set(outcomes) <= {"handled", "duplicate", "IntegrityError"}
    assert left(app) == 1


BAD = {
    "not JSON": "{",
    "nothing": "",
    "no object": "[1]",
    "a text": '"a"',
    "deep": "[" * 100_000,
    "no envelope": "{}",
    "unknown type": json.dumps({**EVENT, "type": "thing.lost"}),
    "a type that is none": json.dumps({**EVENT, "type": ["thing.made"]}),
    "no id": json.dumps({**EVENT, "id": None}),
    "an empty id": json.dumps({**EVENT, "id": ""}),
    "a long id": json.dumps({**EVENT, "id": "x" * 101}),
    "a long subject": json.dumps({**EVENT, "subject": "x" * 201}),
    "a long type": json.dumps({**EVENT, "type": "x" * 5000}),
    "no data": json.dumps({**EVENT, "data": None}),
    "data that is a list": json.dumps({**EVENT, "data": []}),
    "data that lacks": json.dumps({**EVENT, "data": {}}),
    "data of another type": json.dumps({**EVENT, "data": {"thing_id": "1"}}),
    "NUL in the data": json.dumps({**EVENT, "data": {"thing_id": 1, "a": "\0"}}),
    "NUL in the subject": json.dumps({**EVENT, "subject": "\0"}),
    "a raw NUL": '{"a": "\0"}',
    "half a letter": json.dumps({**EVENT, "subject": "\ud800"}),
    "half a letter as id": json.dumps({**EVENT, "id": "\udfff"}),
    "NaN": json.dumps({**EVENT, "data": {"thing_id": float("nan")}}),
    "cannot happen": json.dumps({**EVENT, "data": {"thing_id": 99}}),
}


@pytest.mark.usefixtures("thing")
@pytest.mark.parametrize("text", ["\\u0000", "a\\\\u0000", "\\x00"])
def test_a_text_that_spells_the_escape_of_a_nul_is_no_nul(app, text):
    data = {"thing_id": 1, "name": text, text: [{"deep": text}]}

    assert handle(app, json.dumps({**EVENT, "data": data})) == "handled"


@pytest.mark.usefixtures("thing")
@pytest.mark.parametrize(
    "data", [{"a": ["\0"]}, {"a": {"b": "x\0"}}, {"a\0": 1}, {"a": [[{"\0": []}]]}]
)
def test_a_nul_anywhere_in_a_message_is_kept_for_a_person(app, data):
    body = json.dumps({**EVENT, "data": {"thing_id": 1, **data}})

    assert handle(app, body) == "quarantined"


@pytest.mark.usefixtures("thing")
def test_what_can_never_be_handled_is_kept_for_a_person(app):
    for number, (name, body) in enumerate(BAD.items(), 1):
        assert handle(app, body) == "quarantined", name
        assert count(app, QuarantinedMessage) == number

    assert (left(app), count(app, Inbox)) == (2, 0)
    with app.app_context():
        kept = db.session.scalars(select(QuarantinedMessage)).all()
        assert all(row.queue == "things" and row.reason for row in kept)
        by_reason = {row.reason: row for row in kept}
        assert by_reason["no such thing"].correlation_id == "order-17"
        assert json.loads(by_reason["no such thing"].body)["id"] == "e-1"
    assert handle(app) == "handled"


@pytest.mark.usefixtures("thing")
def test_a_handler_may_keep_a_message_beside_other_changes(app):
    def handler(data, event):
        db.session.get(Thing, 1).left = 0
        inbox.quarantine("things", event.id, "look at this", was=2)

    handlers = {"thing.made": (HANDLERS["thing.made"][0], handler)}
    with app.app_context():
        assert inbox.handle("things", json.dumps(EVENT), handlers) == "handled"

    assert left(app) == 0
    with app.app_context():
        row = db.session.scalar(select(QuarantinedMessage))
        assert (row.reason, row.details) == ("look at this", {"was": 2})


@pytest.mark.usefixtures("thing")
def test_the_effects_carry_the_senders_correlation_id_and_trace(app):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def handler(data, event):
        db.session.add(Outbox.event("x", "/tiny", "thing.kept", event.subject, {}))

    handlers = {"thing.made": (HANDLERS["thing.made"][0], handler)}
    with app.app_context():
        body = json.dumps({**EVENT, "traceparent": trace})
        inbox.handle("things", body, handlers)

    with app.app_context():
        row = db.session.scalar(select(Outbox))
        assert row.correlation_id == "order-17"
        assert row.traceparent.split("-")[1] == trace.split("-")[1]


@pytest.mark.usefixtures("thing")
def test_a_correlation_id_or_trace_that_is_none_is_replaced(app):
    changes = {"correlationid": "a\nb" * 500, "traceparent": "00-zz-zz-ff"}

    assert handle(app, **changes) == "handled"
    with app.app_context():
        assert len(db.session.scalar(select(Inbox.correlation_id))) == 36


def send(app, *bodies):
    with app.app_context():
        entries = {
            str(n): {"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)
        }
        assert len(sqs.send("things", entries)) == len(bodies)


def consume(app):
    with app.app_context():
        return inbox.consume("things", HANDLERS, 0)


def waiting(app):
    """Return how many messages the queue holds, those in flight too."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with app.app_context():
        found = sqs.client().get_queue_attributes(
            QueueUrl=sqs.ensure("things"), AttributeNames=names
        )
    return sum(int(found["Attributes"][name]) for name in names)


@pytest.mark.usefixtures("sqs", "thing")
def test_handled_duplicate_and_quarantined_messages_leave_the_queue(app):
    send(app, json.dumps(EVENT), json.dumps(EVENT), "{")
    while consume(app):
        pass

    assert waiting(app) == 0
    assert (left(app), count(app, QuarantinedMessage)) == (1, 1)


@pytest.mark.usefixtures("sqs", "thing")
def test_a_message_that_failed_stays_and_others_are_handled(app, monkeypatch):
    with app.app_context():
        db.session.add(Thing(name="fragile", price=1))
        db.session.commit()
    broken = json.dumps({**EVENT, "id": "e-2", "data": {"thing_id": 2}})
    send(app, broken, json.dumps(EVENT))
    pauses = []
    monkeypatch.setattr(sqs, "postpone", lambda *_: pauses.append(1))
    while consume(app):
        pass

    assert (left(app), waiting(app), len(pauses)) == (1, 1, 1)


@pytest.mark.usefixtures("sqs", "thing")
def test_a_message_is_handled_again_when_its_deletion_was_lost(app, monkeypatch):
    send(app, json.dumps(EVENT))
    with app.app_context():
        (message,) = sqs.receive("things", 0)
        assert inbox.handle("things", message["Body"], HANDLERS) == "handled"
        sqs.client().change_message_visibility(
            QueueUrl=sqs.ensure("things"),
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=0,
        )
    assert consume(app) == 1

    assert (left(app), waiting(app)) == (1, 0)


def decide(app, state, note=None):
    with app.app_context():
        for row in db.session.scalars(select(QuarantinedMessage)):
            row.retry() if state == "again" else row.drop(note)
        db.session.commit()


def retry(app):
    """Let the worker retry; return (state, note) of each quarantined message."""
    with app.app_context():
        inbox.retry("things", HANDLERS)
        rows = db.session.scalars(select(QuarantinedMessage)).all()
        return [(row.state, row.note) for row in rows]


def test_a_message_that_is_tried_again_has_its_effect_once_its_cause_is_gone(app):
    assert handle(app) == "quarantined"
    with app.app_context():
        db.session.add(Thing(name="a", price=1, left=2))
        db.session.commit()
    decide(app, "again")

    assert retry(app) == [("done", "handled")]

    assert (left(app), count(app, Inbox)) == (1, 1)
    assert retry(app) == [("done", "handled")]
    assert left(app) == 1


@pytest.mark.usefixtures("thing")
def test_a_message_that_was_handled_meanwhile_has_no_second_effect(app):
    handle(app, data={"thing_id": 99})
    handle(app)
    decide(app, "again")

    assert retry(app) == [("done", "duplicate")]

    assert left(app) == 1


@pytest.mark.usefixtures("thing")
def test_a_retry_that_fails_leaves_nothing_but_a_note_and_waits_again(app):
    handle(app, data={"thing_id": 99})
    handle(app, "{")
    with app.app_context():
        db.session.get(Thing, 1).name = "fragile"
        db.session.add(
            QuarantinedMessage(queue="things", reason="?", body=json.dumps(EVENT))
        )
        db.session.commit()
    decide(app, "again")

    known, garbled, broken = retry(app)

    assert known == ("waiting", "tried again: no such thing")
    assert garbled[0] == "waiting"
    assert "not a valid message" in garbled[1]
    assert broken == ("waiting", "tried again: broke")
    assert (left(app), count(app, Inbox)) == (2, 0)


def test_only_messages_to_retry_are_handled_again(app):
    handle(app)

    assert retry(app) == [("waiting", None)]


def test_a_message_is_dropped_for_a_reason_alone_and_decided_once(app):
    handle(app)
    with pytest.raises(Unprocessable):
        decide(app, "dropped")

    decide(app, "dropped", "a test of ours")

    assert retry(app) == [("dropped", "a test of ours")]
    with pytest.raises(Conflict, match="it is dropped"):
        decide(app, "again")


@pytest.mark.usefixtures("thing")
def test_two_workers_that_try_again_have_one_effect(app):
    with app.app_context():
        db.session.add(
            QuarantinedMessage(queue="things", reason="?", body=json.dumps(EVENT))
        )
        db.session.commit()
    decide(app, "again")
    start = threading.Barrier(2)

    def run():
        with app.app_context():
            start.wait(10)
            inbox.retry("things", HANDLERS)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (left(app), retry(app)) == (1, [("done", "handled")])


def test_marks_are_forgotten_after_a_month(app, move_clock, thing):
    handle(app)
    with app.app_context():
        assert retention.prune() == 0
    move_clock(31 * 86400)
    with app.app_context():
        assert retention.prune() == 1


def test_each_message_has_a_correlation_id_of_its_own(app, thing):
    handle(app)
    handle(app, "{")
    with app.app_context():
        row = db.session.scalar(select(QuarantinedMessage))
        assert row.correlation_id
    assert correlation.current()
