"""Mails are sent at least once, also after a crash."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from chassis import worker
from user_svc import steps
from user_svc.extensions import db
from user_svc.mail import delivery
from user_svc.models import Mail
from user_svc.steps import mails

RESET = "A new password"


class PowerCut(BaseException):
    """A crash: no code after it runs."""


def test_one_mail_that_cannot_be_made_does_not_hold_up_the_others(
    app: Flask, shop: Any, asha: Any, mail_row: Any
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
    assert mail_row(app, "password_changed").done_at is None


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


def test_a_sent_mail_is_not_sent_again(app: Flask, shop: Any, asha: Any) -> None:
    shop.ask_reset(asha.email)
    (first,) = shop.mails(asha.email, RESET)
    for file in Path(app.extensions["settings"].mail_folder).iterdir():
        file.unlink()

    assert first["To"] == asha.email
    assert shop.mails(asha.email) == []
