"""Mails are sent at least once, retried, and given up when they expire."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from chassis import worker
from user_svc import steps
from user_svc.extensions import db
from user_svc.mail import delivery
from user_svc.models import Mail
from user_svc.steps import mails

RESET = "A new password"


class PowerCut(BaseException):
    """A crash: no code after it runs."""


def row(app: Flask, kind: str = "reset_password") -> Mail:
    with app.app_context():
        found = db.session.scalars(select(Mail).where(Mail.kind == kind)).one()
        db.session.expunge(found)
        return found


@pytest.fixture
def away(make_users: Any, password_hash: str, shop: Any) -> Any:
    """Return a shop whose mail server does not answer."""
    app = make_users(SMTP_URL="smtp://127.0.0.1:1")
    return type(shop)(app, password_hash)


def test_a_mail_that_is_not_taken_is_tried_again_with_growing_pauses(
    away: Any, hold_clock: Callable[[int], None]
) -> None:
    person = away.person(email_verified=True)
    away.ask_reset(person.email)
    tries = []
    for seconds in (0, 29, 30, 89, 90, 209, 210):
        hold_clock(seconds)
        worker.drain(away.app)
        tries.append(row(away.app).attempts)

    assert tries == [1, 1, 2, 2, 3, 3, 4]
    assert row(away.app).done_at is None


def test_a_mail_that_nobody_takes_is_given_up_and_names_nobody(
    away: Any,
    pass_seconds: Callable[[int], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = away.person(email_verified=True)
    away.ask_reset(person.email)
    worker.drain(away.app)
    tries = row(away.app).attempts
    pass_seconds(601)

    worker.drain(away.app)

    found = row(away.app)
    assert (found.attempts, found.done_at, found.email) == (tries, None, None)
    assert "mails given up" in caplog.text


def test_one_mail_that_cannot_be_made_does_not_hold_up_the_others(
    app: Flask, shop: Any, asha: Any
) -> None:
    other = shop.person(email_verified=True)
    worker.drain(app)
    body = {"current_password": "a-long-walk-in-the-rain", "new_password": "by-the-sea"}
    shop.call("POST", "/user/me/password/", asha.headers, json=body)
    with app.app_context():
        bad = update(Mail).where(Mail.kind == "password_changed")
        db.session.execute(bad.values(email="a@shop.example\r\nBcc: b@shop.example"))
        db.session.commit()
    shop.ask_reset(other.email)

    worker.drain(app)

    assert len(shop.mails(other.email, RESET)) == 1
    assert row(app, "password_changed").done_at is None


@pytest.mark.parametrize("place", ["mail.leased", "mail.sent"])
def test_after_a_crash_the_same_mail_is_sent_again(
    app: Flask,
    shop: Any,
    pass_seconds: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    person = shop.person(email_verified=True)
    shop.ask_reset(person.email)
    sent: list[str] = []
    deliver = delivery.deliver

    def note(message: Any, settings: Any) -> None:
        sent.append(message.as_string())
        deliver(message, settings)

    def crash(name: str) -> None:
        if name == place:
            raise PowerCut

    monkeypatch.setattr(delivery, "deliver", note)
    with app.app_context(), monkeypatch.context() as cut:
        cut.setattr(mails, "failpoint", crash)
        with pytest.raises(PowerCut):
            steps.send_mails()
    pass_seconds(31)

    worker.drain(app)

    assert len(sent) == (2 if place == "mail.sent" else 1)
    assert len(set(sent)) == 1
    assert shop.confirm_reset(shop.mailed_token(person.email, RESET)).status_code == 204


def test_what_was_sent_is_not_sent_again(app: Flask, shop: Any, asha: Any) -> None:
    shop.ask_reset(asha.email)
    (first,) = shop.mails(asha.email, RESET)
    for file in Path(app.extensions["settings"].mail_folder).iterdir():
        file.unlink()

    assert first["To"] == asha.email
    assert shop.mails(asha.email) == []
