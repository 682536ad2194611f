"""The outbox of mails: a row of the change that it tells of, sent by the worker.

What a mail says is made when it is sent; no token and no text ever lies here.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from chassis import clock
from user_svc.models import Letter, Mail

# How long a mail is worth sending; the token in it is good for as long.
LIFETIMES = {
    Letter.RESET: timedelta(minutes=10),
    Letter.VERIFY: timedelta(days=1),
    Letter.EMAIL_CHANGED: timedelta(days=1),
    Letter.PASSWORD_CHANGED: timedelta(days=1),
}
LONGEST_PAUSE = timedelta(minutes=30)


class MailManager:
    """The rules of the outbox: what is due, when to try again, when to give up."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def write(self, letter: Letter, email: str, user_id: int | None = None) -> None:
        """Let a mail be sent; whose it is may be for the worker to find out."""
        now = clock.now()
        row = Mail(
            name=secrets.token_hex(16),
            letter=letter,
            email=email,
            user_id=user_id,
            due_at=now,
            give_up_at=now + LIFETIMES[letter],
        )
        self.session.add(row)

    def has_due(self) -> bool:
        """Say whether there is anything to send."""
        return self.session.scalar(_due().limit(1)) is not None

    def claim(self, pause: timedelta) -> Mail | None:
        """Take the mail that waits longest; others leave it alone for the pause.

        The pause grows with every try: it is the one before the next, too.
        """
        first = _due().order_by(Mail.due_at, Mail.id).limit(1)
        locked = first.with_for_update(skip_locked=True)
        mail: Mail | None = self.session.scalar(locked)
        if mail is not None:
            longer = min(pause * 2**mail.attempts, LONGEST_PAUSE)
            mail.attempts, mail.due_at = mail.attempts + 1, clock.now() + longer
        return mail

    def finish(self, mail_id: int) -> None:
        """Note that nothing is left to do, and forget whom it was for."""
        done = {"done_at": clock.now(), "email": None}
        self._change(update(Mail).where(Mail.id == mail_id).values(done))

    def give_up(self) -> int:
        """Forget whom the mails were for that nobody took in time; return how many."""
        is_late = (Mail.email.is_not(None), Mail.give_up_at <= clock.now())
        return self._change(update(Mail).where(*is_late).values(email=None))

    def forget(self, user_id: int) -> None:
        """Delete the mails of a user who leaves."""
        self._change(delete(Mail).where(Mail.user_id == user_id))

    def prune(self, before: datetime) -> int:
        """Delete mails that were over before; return how many."""
        return self._change(delete(Mail).where(Mail.give_up_at < before))

    def _change(self, statement: Any) -> int:
        quiet = statement.execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self.session.execute(quiet)).rowcount


def _due() -> Any:
    now = clock.now()
    return select(Mail).where(
        Mail.done_at.is_(None), Mail.due_at <= now, Mail.give_up_at > now
    )
