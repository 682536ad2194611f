"""The panel's table: sessions end."""

from datetime import timedelta

from sqlalchemy import func, select
from tiny import AdminSession, db

from chassis import clock, retention


def kept(app, table):
    with app.app_context():
        retention.prune()
        return db.session.scalar(select(func.count()).select_from(table))


def store(app, *rows):
    with app.app_context():
        db.session.add_all(rows)
        db.session.commit()


def test_a_session_of_staff_is_forgotten_once_it_is_over(app, move_clock):
    who = {"user_id": 1, "email": "a@example.com", "role": "staff"}
    tokens = {"access_token": "", "refresh_token": ""}
    ends = {"seen_at": clock.now(), "expires_at": clock.now() + timedelta(hours=8)}
    store(app, AdminSession(id="a", **who, **tokens, **ends))

    move_clock(7 * 3600)
    assert kept(app, AdminSession) == 1
    move_clock(9 * 3600)
    assert kept(app, AdminSession) == 0
