"""Mails and one-time tokens: what is unique, and what goes with the user."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from chassis import clock
from user_svc.extensions import db
from user_svc.models import Mail, MailKind, OneTimeToken, User


def a_mail(**values: Any) -> Mail:
    usual = {"message_id": "m1", "kind": MailKind.RESET, "expires_at": clock.now()}
    return Mail(**{**usual, **values})


def a_token(user_id: int, **values: Any) -> OneTimeToken:
    usual = {"token_hash": "h1", "purpose": MailKind.VERIFY, "expires_at": clock.now()}
    return OneTimeToken(user_id=user_id, email="a@shop.example", **{**usual, **values})


def test_a_mail_is_written_once(app: Flask) -> None:
    with app.app_context():
        db.session.add_all([a_mail(), a_mail(kind=MailKind.VERIFY)])
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_token_is_written_once(app: Flask, asha: Any) -> None:
    with app.app_context():
        db.session.add_all([a_token(asha.id), a_token(asha.id, purpose=MailKind.RESET)])
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_new_mail_has_no_attempts_and_is_not_done(app: Flask) -> None:
    with app.app_context():
        db.session.add(a_mail())
        db.session.flush()
        (mail,) = db.session.scalars(select(Mail))

        assert (mail.attempts, mail.done_at, mail.next_check_at) == (0, None, None)
        db.session.rollback()


def test_mails_and_tokens_go_with_their_user(app: Flask, asha: Any) -> None:
    with app.app_context():
        db.session.add_all([a_mail(user_id=asha.id), a_token(asha.id)])
        db.session.add(a_mail(message_id="of-an-unknown-address"))
        db.session.flush()

        db.session.execute(delete(User).where(User.id == asha.id))

        left = list(db.session.scalars(select(Mail.message_id)))
        assert left == ["of-an-unknown-address"]
        assert list(db.session.scalars(select(OneTimeToken.id))) == []
        db.session.rollback()


def test_mails_and_tokens_expire_after_the_retention(app: Flask, asha: Any) -> None:
    with app.app_context():
        days = app.extensions["settings"].prune_after_days
        for name, age in (("old", days + 1), ("young", days - 1)):
            moment = clock.now() - timedelta(days=age)
            db.session.add(a_mail(message_id=name, expires_at=moment))
            db.session.add(a_token(asha.id, token_hash=name, expires_at=moment))
        db.session.flush()

        mails = select(Mail.message_id).where(Mail.expired())
        tokens = select(OneTimeToken.token_hash).where(OneTimeToken.expired())
        assert list(db.session.scalars(mails)) == ["old"]
        assert list(db.session.scalars(tokens)) == ["old"]
        db.session.rollback()
