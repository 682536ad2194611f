"""The limits of guessing: attempts are counted, and a lock grows with each failure.

An attempt counts as a failure before the password is checked, so that simultaneous
attempts cannot exceed the limit. A success takes its own attempt back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db import changed
from chassis.errors import TooManyRequests, Unavailable
from user_svc.models import GuessCount, KnownAddress, User

NOTED = timedelta(days=1)  # the precision of `seen_at`


@dataclass(frozen=True, order=True)
class Subject:
    """What is counted, by its MAC, and how many failures it has before a lock."""

    mac: str
    free: int


@dataclass(frozen=True)
class Limits:
    """The first and the longest lock in seconds, and when failures are forgotten."""

    first: int
    most: int
    hours: int = 24

    def lock(self, failures: int, free: int) -> timedelta | None:
        """Return how long a subject is locked; the lock doubles with each failure."""
        if failures < free:
            return None
        doubled = self.first * 2 ** min(failures - free, 30)
        return timedelta(seconds=min(doubled, self.most))


class GuessManager:
    """The rules for counting attempts, and for known addresses."""

    def __init__(self, session: Session, limits: Limits) -> None:
        self.session = session
        self.limits = limits

    def check(self, subjects: Sequence[Subject]) -> None:
        """Raise TooManyRequests `locked_out` when one of the subjects is locked."""
        macs = [subject.mac for subject in subjects]
        found = select(GuessCount).where(GuessCount.subject.in_(macs))
        _refuse_locked(self.session.scalars(found).all())

    def count(self, subjects: Sequence[Subject]) -> bool:
        """Count a failure of each subject; return whether one is locked anew.

        A subject that was locked before and is locked for longer is not locked anew.
        Raises TooManyRequests when one of the subjects is locked.
        """
        rows = [(self._lock(one.mac), one.free) for one in sorted(subjects)]
        _refuse_locked([row for row, _ in rows])
        locks = [self._add(row, free) for row, free in rows]
        return any(locks)

    def take_back(self, subjects: Sequence[Subject]) -> None:
        """Take back the attempt that `count` has counted: it was no failure."""
        for one in sorted(subjects):
            row = self._lock(one.mac)
            row.failures = max(0, row.failures - 1)
            if row.failures < one.free:
                row.locked_until = None
        self.session.flush()

    def clear(self, subjects: Sequence[Subject]) -> None:
        """Forget the failures of the subjects."""
        macs = [subject.mac for subject in subjects]
        changed(delete(GuessCount).where(GuessCount.subject.in_(macs)))

    def is_known(self, email_key: str, address: str) -> bool:
        """Return whether the account was signed in to from an address.

        For an address without an account the query is the same.
        """
        found = (
            select(KnownAddress.user_id)
            .join(User, User.id == KnownAddress.user_id)
            .where(User.email_key == email_key, KnownAddress.address == address)
        )
        return self.session.scalar(found) is not None

    def remember(self, user_id: int, address: str) -> None:
        """Store that a user has signed in from an address."""
        row = self.session.get(KnownAddress, (user_id, address))
        if row is None:
            self._insert(KnownAddress(user_id=user_id, address=address))
        elif row.seen_at + NOTED < clock.now():
            row.seen_at = clock.now()

    def _lock(self, mac: str) -> GuessCount:
        """Return the locked row of a subject, new if there is none."""
        found = self._find(mac)
        if found is None:
            self._insert(GuessCount(subject=mac, failures=0))
            found = self._find(mac)
        if found is None:  # it has just been deleted
            raise Unavailable("Send the request again.")
        return found

    def _find(self, mac: str) -> GuessCount | None:
        return self.session.get(
            GuessCount, mac, with_for_update=True, populate_existing=True
        )

    def _insert(self, row: GuessCount | KnownAddress) -> None:
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:  # another request was faster
            pass

    def _add(self, row: GuessCount, free: int) -> bool:
        now = clock.now()
        is_old = row.tried_at + timedelta(hours=self.limits.hours) < now
        before = 0 if is_old else row.failures
        row.failures, row.tried_at = before + 1, now
        lock = self.limits.lock(row.failures, free)
        row.locked_until = now + lock if lock else None
        self.session.flush()
        return row.failures == free


def _refuse_locked(rows: Sequence[GuessCount]) -> None:
    now = clock.now()
    ends = [row.locked_until for row in rows if row.locked_until]
    if not ends or max(ends) <= now:
        return
    seconds = math.ceil((max(ends) - now).total_seconds())
    raise TooManyRequests(
        "There were too many failed attempts; try again later.",
        code="locked_out",
        headers={"Retry-After": str(seconds)},
    )
