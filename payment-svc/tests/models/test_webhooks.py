"""A webhook is stored once, is due at once and expires when it was processed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import clock
from payment_svc.extensions import db
from payment_svc.models import WebhookEvent


def a_webhook(name, **values):
    return WebhookEvent(sha256=name, body=b"{}", **values)


@pytest.fixture
def session(app):
    """Return a session whose rows are never committed."""
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "a", "event_id": "1"}, {"name": "b", "event_id": "1"}),
        ({"name": "a", "event_id": "1"}, {"name": "a", "event_id": "2"}),
        ({"name": "a", "natural_key": "k"}, {"name": "b", "natural_key": "k"}),
    ],
    ids=["event id", "body", "natural key"],
)
def test_an_event_is_stored_once(session, first, second):
    session.add(a_webhook(**first))
    session.flush()

    session.add(a_webhook(**second))
    with pytest.raises(IntegrityError):
        session.flush()


def test_events_without_an_id_and_a_key_are_told_apart_by_their_bodies(session):
    session.add_all([a_webhook("a"), a_webhook("b")])
    session.flush()

    assert len(session.scalars(select(WebhookEvent)).all()) == 2


def test_a_new_webhook_is_due_at_once_and_not_processed(session):
    row = a_webhook("a")
    session.add(row)
    session.flush()

    assert row.next_check_at <= clock.now()
    assert (row.processed_at, row.attempts, row.event) == (None, 0, "")
    assert row.correlation_id


def test_only_what_was_processed_long_ago_is_expired(app, session):
    days = app.extensions["settings"].prune_after_days
    for name, age in (("old", days + 1), ("young", days - 1)):
        moment = clock.now() - timedelta(days=age)
        session.add(a_webhook(name, created_at=moment, processed_at=moment))
        session.add(a_webhook(f"{name}, waiting", created_at=moment))
    session.flush()

    found = session.scalars(select(WebhookEvent.sha256).where(WebhookEvent.expired()))
    assert list(found) == ["old"]
