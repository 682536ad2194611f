"""The action log is kept for ACTION_LOG_DAYS."""

from dataclasses import replace

from sqlalchemy import func, select
from tiny import ActionLog, db

from chassis import retention

DAY = 86400


def kept(app):
    with app.app_context():
        retention.prune()
        return db.session.scalar(select(func.count()).select_from(ActionLog))


def store(app):
    what = {"action": "edit", "model": "Thing", "object_id": "1"}
    with app.app_context():
        db.session.add(ActionLog(**what, correlation_id="c"))
        db.session.commit()


def test_the_log_is_kept_for_a_year(app, move_clock):
    store(app)

    move_clock(364 * DAY)
    assert kept(app) == 1
    move_clock(366 * DAY)
    assert kept(app) == 0


def test_without_a_limit_the_log_is_kept_for_ever(app, move_clock, monkeypatch):
    settings = replace(app.extensions["settings"], action_log_days=0)
    monkeypatch.setitem(app.extensions, "settings", settings)
    store(app)

    move_clock(4000 * DAY)

    assert kept(app) == 1
