"""Triage in the panel: the panel stores the decision, the worker carries it out."""

import re
from datetime import timedelta

import pytest
from panel import rows
from sqlalchemy import select
from tiny import ActionLog, DeadLetter, Outbox, QuarantinedMessage, db

from chassis import clock

# Flask-Admin's own select fields are older than WTForms 3.3.
pytestmark = pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning")
WAITING = {"queue": "things", "body": '{"id": "e-1"}'}


@pytest.fixture
def keep(app):
    """Return `keep(row)`: store it and return its id."""

    def keep(row):
        with app.app_context():
            db.session.add(row)
            db.session.commit()
            return row.id

    return keep


@pytest.fixture
def dead_letter(keep):
    said = {"type": "thing.made", "subject": "things/1", "correlation_id": "order-17"}
    seen = {"message_id": "m-1", "receives": 10, "seen_at": clock.now()}
    return keep(DeadLetter(**WAITING, **said, **seen))


@pytest.fixture
def quarantined(keep):
    return keep(QuarantinedMessage(**WAITING, reason="no such thing"))


def event(**values):
    made = Outbox.event("things", "/tiny", "thing.made", "things/1", {})
    for name, value in values.items():
        setattr(made, name, value)
    return made


def stored(app, table):
    with app.app_context():
        return db.session.scalars(select(table)).one()


def act(staff, view, action, key):
    page = f"{view}/"
    form = {"action": action, "rowid": str(key)}
    return staff.post(f"{view}/action/", page=page, follow=True, **form).text


def decide(staff, view, key, **form):
    page = f"{view}/edit/?id={key}"
    return staff.post(page, page=page, follow=True, **form).text


def logged(app):
    with app.app_context():
        entries = db.session.scalars(select(ActionLog))
        return [
            (e.email, e.action, e.before["state"], e.after["state"]) for e in entries
        ]


def test_a_dead_letter_is_shown_with_its_details(staff, dead_letter):
    shown = staff.get("dead_letters/").text
    details = staff.get(f"dead_letters/details/?id={dead_letter}").text

    for text in ("m-1", "thing.made", "things/1", "order-17", "First seen", "waiting"):
        assert text in shown
    assert "e-1" in details


def test_redrive_asks_the_worker_and_is_logged(app, staff, dead_letter):
    said = act(staff, "dead_letters", "redrive", dead_letter)

    assert "Redrive: done for 1 of 1." in said
    assert stored(app, DeadLetter).state == "again"
    assert logged(app) == [("asha@example.com", "redrive", "waiting", "again")]


def test_retry_asks_the_worker_and_is_logged(app, staff, quarantined):
    act(staff, "quarantine", "retry", quarantined)

    assert stored(app, QuarantinedMessage).state == "again"
    assert logged(app) == [("asha@example.com", "retry", "waiting", "again")]


@pytest.mark.parametrize("view", ["dead_letters", "quarantine"])
def test_a_message_is_dropped_by_somebody_for_a_reason(
    app, staff, dead_letter, quarantined, view
):
    key = {"dead_letters": dead_letter, "quarantine": quarantined}[view]
    table = {"dead_letters": DeadLetter, "quarantine": QuarantinedMessage}[view]
    for why in ("", " "):
        refused = decide(staff, view, key, note=why)
        assert "A reason is needed." in refused
    assert stored(app, table).state == "waiting"

    decide(staff, view, key, note="a copy of order 17")

    row = stored(app, table)
    assert (row.state, row.note) == ("dropped", "a copy of order 17")
    assert logged(app) == [("asha@example.com", "edit", "waiting", "dropped")]


def test_nothing_but_the_reason_can_be_typed(app, staff, dead_letter):
    decide(staff, "dead_letters", dead_letter, note="a copy", state="done", body="x")

    row = stored(app, DeadLetter)
    assert (row.state, row.body) == ("dropped", WAITING["body"])


def test_what_was_decided_stays_decided(app, staff, dead_letter):
    decide(staff, "dead_letters", dead_letter, note="a copy")

    said = act(staff, "dead_letters", "redrive", dead_letter)

    assert "This message is no longer waiting: it is dropped." in said
    assert stored(app, DeadLetter).state == "dropped"


def test_an_event_that_is_stuck_can_be_sent_now(app, staff, keep):
    later = clock.now() + timedelta(hours=1)
    key = keep(event(next_check_at=later, attempts=9))

    act(staff, "outbox", "send", key)

    row = stored(app, Outbox)
    assert row.next_check_at <= clock.now()
    assert row.attempts == 0


def test_an_event_that_has_left_is_not_sent_again(app, staff, keep):
    key = keep(event(published_at=clock.now()))
    with app.app_context():
        before = rows(db)["outbox"]

    assert "This event was published already." in act(staff, "outbox", "send", key)

    with app.app_context():
        assert rows(db)["outbox"] == before


def test_the_outbox_shows_how_long_its_events_wait(staff, keep):
    now = clock.now()
    keep(event(created_at=now - timedelta(hours=26, minutes=5)))
    left = {"created_at": now - timedelta(days=3)}
    keep(event(**left, published_at=left["created_at"] + timedelta(seconds=7)))

    shown = staff.get("outbox/").text

    assert re.search(r"1 day, 2:\d\d:\d\d", shown)
    assert "0:00:07" in shown


def test_the_web_process_asks_no_queue(app, staff, dead_letter, quarantined, keep):
    key = keep(event())
    act(staff, "dead_letters", "redrive", dead_letter)
    act(staff, "quarantine", "retry", quarantined)
    act(staff, "outbox", "send", key)

    assert "sqs" not in app.extensions
