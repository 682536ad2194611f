"""The outbox of mails: written with the change they are about, sent by the worker.

The text and the token of a mail are generated when it is sent; neither is stored.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis import clock, leases
from chassis.db import changed
from user_svc.models import Mail, MailKind

# How long sending is retried; the token in a mail is valid for as long.
LIFETIMES = {
    MailKind.RESET: timedelta(minutes=10),
    MailKind.VERIFY: timedelta(days=1),
    MailKind.EMAIL_CHANGED: timedelta(days=1),
    MailKind.PASSWORD_CHANGED: timedelta(days=1),
    MailKind.LOCKED_OUT: timedelta(days=1),
}
LONGEST_PAUSE = 1800.0  # seconds


class MailManager:
    """The rules for the outbox of mails."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def write(self, kind: MailKind, email: str, user_id: int | None = None) -> None:
        """Add a mail to the outbox; without a user, the worker finds the account."""
        now = clock.now()
        row = Mail(
            message_id=secrets.token_hex(16),
            kind=kind,
            email=email,
            user_id=user_id,
            next_check_at=now,
            expires_at=now + LIFETIMES[kind],
        )
        self.session.add(row)

    def find(self, mail_id: int) -> Mail | None:
        """Return a mail; it disappears when its user is deleted."""
        return self.session.get(Mail, mail_id)

    def postpone(self, mail: Mail, first_pause: float) -> None:
        """Make a leased mail due again after a pause that doubles with each attempt."""
        pause = leases.backoff(mail.attempts - 1, first_pause, LONGEST_PAUSE)
        leases.postpone(Mail, mail.id, pause)

    def finish(self, mail_id: int) -> None:
        """Record that a mail needs no more attempts, and clear its address."""
        done = {"done_at": clock.now(), "email": None}
        changed(update(Mail).where(Mail.id == mail_id).values(done))
        leases.release(Mail, mail_id)

    def expire(self) -> int:
        """Give up the mails that were not sent in time; return how many there were."""
        is_late = (Mail.email.is_not(None), Mail.expires_at <= clock.now())
        given_up = {"email": None, "next_check_at": None}
        return changed(update(Mail).where(*is_late).values(given_up))

    def delete_for(self, user_id: int) -> None:
        """Delete the mails of a user."""
        changed(delete(Mail).where(Mail.user_id == user_id))
