"""Sending what waits: claim a mail, see whose it is, send it, mark it.

A crash in between sends it again, with the same token and the same Message-ID.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis import logging
from chassis.db import reading
from chassis.failpoints import failpoint
from user_svc import letters, mail
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.managers.accounts import Account
from user_svc.models import Letter, Mail


@dataclass(frozen=True)
class Errand:
    """A mail to send: all that is needed while no transaction is open."""

    name: str
    written_at: datetime
    letter: Letter
    to: str
    token: str


def send_next() -> int:
    """Try the mail that waits longest; return 1, or 0 when none is due."""
    mail_id = _claim()
    if mail_id is None:
        return 0
    failpoint("mail.claimed")
    errand = _errand(mail_id)
    db.session.commit()
    if errand is None or _is_sent(errand):
        MailManager(db.session).finish(mail_id)
        db.session.commit()
        failpoint("mail.done")
    return 1


def _claim() -> int | None:
    mails = MailManager(db.session)
    with reading():
        is_due = mails.has_due()
        db.session.rollback()
    if not is_due:
        return None
    row = mails.claim(timedelta(seconds=settings().mail_retry_seconds))
    mail_id = row.id if row else None
    db.session.commit()
    return mail_id


def _is_sent(errand: Errand) -> bool:
    try:
        _send(errand)
    except OSError as error:  # smtplib's errors are too
        logging.get().warning("mail not sent", mail=errand.name, error=str(error))
        return False
    failpoint("mail.sent")
    logging.get().info("mail sent", mail=errand.name, letter=errand.letter)
    return True


def _send(errand: Errand) -> None:
    subject, text = letters.write(errand.letter, errand.token, settings())
    head = (errand.name, errand.written_at, settings().sender, errand.to)
    mail.deliver(mail.compose(*head, subject, text), settings())


def _errand(mail_id: int) -> Errand | None:
    """Return what is to be sent, its token good from now on; None: nothing is."""
    row = db.session.get(Mail, mail_id)
    owner = _owner(row) if row else None
    if row is None or owner is None or not owner.is_active:
        return None
    letter, to, token = Letter(row.letter), str(row.email), ""
    if letter in letters.PAGES:
        to, token = owner.email, keyring().mailed(row.name)
        tokens = OneTimeTokenManager(db.session)
        if not tokens.issue(token, letter, owner, row.give_up_at):
            logging.get().warning("too many mails", user_id=owner.id, letter=letter)
            return None
    return Errand(row.name, row.created_at, letter, to, token)


def _owner(row: Mail) -> Account | None:
    """Return whose mail it is; a reset's is known by the address alone."""
    users = UserManager(db.session)
    if row.user_id is None:
        return users.find_by_email(str(row.email))
    return users.find_by_id(row.user_id)
