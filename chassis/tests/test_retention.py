"""Expired rows are deleted, and no others."""

from sqlalchemy import func, select
from tiny import DeadLetter, Dependency, QuarantinedMessage, db

from chassis import clock, config, retention
from chassis.config import Settings
from chassis.messaging import sqs, triage

DAY = 86400


def kept(app, table):
    with app.app_context():
        retention.prune()
        return db.session.scalar(select(func.count()).select_from(table))


def store(app, *rows):
    with app.app_context():
        db.session.add_all(rows)
        db.session.commit()


def quarantined(state):
    return QuarantinedMessage(queue="things", reason="?", body="{", state=state)


def dead_letter(state):
    texts = dict.fromkeys(("type", "subject", "correlation_id", "body"), "")
    seen = {"seen_at": clock.now(), "receives": 10, "message_id": f"m-{state}"}
    return DeadLetter(queue="things", state=state, **texts, **seen)


def test_an_event_is_remembered_for_as_long_as_its_message_can_live():
    # received, redriven on its last day, received again
    longest = 2 * sqs.RETENTION + sqs.DLQ_RETENTION

    assert longest == config.MESSAGE_LIFETIME_DAYS * DAY
    default = Settings.__dataclass_fields__["prune_after_days"].default
    assert config.retention_days(str(default)) == default


def test_what_is_decided_is_forgotten_after_a_month_and_what_waits_never(
    app, move_clock
):
    over = [*triage.OVER]
    store(app, *map(quarantined, over), *map(dead_letter, over))
    store(app, quarantined("waiting"), quarantined("again"))
    store(app, dead_letter("waiting"), dead_letter("again"))

    assert (kept(app, QuarantinedMessage), kept(app, DeadLetter)) == (5, 5)
    move_clock(31 * DAY)

    assert (kept(app, QuarantinedMessage), kept(app, DeadLetter)) == (2, 2)


def test_the_month_begins_with_the_decision(app, move_clock):
    store(app, quarantined("waiting"))
    move_clock(40 * DAY)
    with app.app_context():
        row = db.session.scalars(select(QuarantinedMessage)).one()
        row.drop("seen")
        db.session.commit()

    assert kept(app, QuarantinedMessage) == 1


def test_a_dependency_that_is_no_longer_checked_is_deleted(app, move_clock):
    store(app, Dependency(name="a queue of last year", ok=True))

    move_clock(29 * DAY)
    assert kept(app, Dependency) == 1
    move_clock(31 * DAY)
    assert kept(app, Dependency) == 0
