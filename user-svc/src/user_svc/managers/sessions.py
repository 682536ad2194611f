"""Sessions: families of refresh tokens that follow one another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.errors import Unauthorized
from chassis.failpoints import failpoint
from user_svc.keyring import Keyring, digest, new_token
from user_svc.models import RefreshFamily, RefreshToken, User


@dataclass(frozen=True)
class Grant:
    """What a sign-in or refresh gives: whose session, and its next refresh token."""

    user_id: int
    role: str
    family_id: int
    refresh_token: str
    expires_at: datetime


class SessionManager:
    """The rules of sessions: a refresh token is good once, its family for days."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def start(self, user_id: int, password_hash: str, lifetime: timedelta) -> Grant:
        """Begin a session of the user whose password was found right.

        Raises Unauthorized when the account or password has changed meanwhile.
        """
        # The lock makes a password change wait, which then ends this session too.
        role = self.session.scalar(
            select(User.role)
            .where(
                User.id == user_id, User.password_hash == password_hash, User.is_active
            )
            .with_for_update(read=True)
        )
        if role is None:
            raise Unauthorized("The password has just changed; sign in again.")
        family = RefreshFamily(user_id=user_id, expires_at=clock.now() + lifetime)
        self.session.add(family)
        self.session.flush()
        token = self._add(family.id, new_token())
        return Grant(user_id, role, family.id, token, family.expires_at)

    def rotate(self, token: str, grace: timedelta) -> Grant:
        """Spend a refresh token and return what follows it.

        One spent less than `grace` ago was an honest retry and gets the same again;
        later somebody has stolen it: the family is revoked, which has to be committed
        although Unauthorized (`refresh_token_reused`) is raised.
        """
        found = self._find(token)
        if found is None:
            raise Unauthorized("The refresh token is not valid, or no longer.")
        successor = self.keyring.successor(token)
        if self._spend(token):
            failpoint("session.spent")
            self._add(found.family_id, successor)
        elif not self._was_spent_after(token, clock.now() - grace):
            self._refuse_stolen(found)
        return Grant(
            found.user_id, found.role, found.family_id, successor, found.expires_at
        )

    def end(self, token: str, user_id: int) -> None:
        """Revoke the family of the user's refresh token; any other is ignored."""
        family = select(RefreshToken.family_id).where(
            RefreshToken.token_hash == digest(token)
        )
        _revoke(
            self.session,
            RefreshFamily.id == family.scalar_subquery(),
            RefreshFamily.user_id == user_id,
        )

    def prune(self, before: datetime) -> int:
        """Forget sessions that were over, and tokens spent, before; return how many."""
        over = or_(RefreshFamily.expires_at < before, RefreshFamily.revoked_at < before)
        families = _rows(self.session, delete(RefreshFamily).where(over))
        spent = delete(RefreshToken).where(RefreshToken.spent_at < before)
        return families + _rows(self.session, spent)

    def _find(self, token: str) -> Row[tuple[int, int, str, datetime]] | None:
        return self.session.execute(
            select(
                RefreshToken.family_id,
                RefreshFamily.user_id,
                User.role,
                RefreshFamily.expires_at,
            )
            .join(RefreshFamily, RefreshFamily.id == RefreshToken.family_id)
            .join(User, User.id == RefreshFamily.user_id)
            .where(
                RefreshToken.token_hash == digest(token),
                RefreshFamily.revoked_at.is_(None),
                RefreshFamily.expires_at > clock.now(),
                User.is_active,
            )
        ).one_or_none()

    def _spend(self, token: str) -> bool:
        spend = (
            update(RefreshToken)
            .where(
                RefreshToken.token_hash == digest(token),
                RefreshToken.spent_at.is_(None),
            )
            .values(spent_at=clock.now())
        )
        return _rows(self.session, spend) == 1

    def _was_spent_after(self, token: str, moment: datetime) -> bool:
        found = select(RefreshToken.id).where(
            RefreshToken.token_hash == digest(token), RefreshToken.spent_at > moment
        )
        return self.session.scalar(found) is not None

    def _refuse_stolen(self, found: Row[tuple[int, int, str, datetime]]) -> None:
        _revoke(self.session, RefreshFamily.id == found.family_id)
        logging.get().warning(
            "session revoked: refresh used twice",
            user_id=found.user_id,
            family_id=found.family_id,
        )
        raise Unauthorized(
            "This refresh token was used before; sign in again.",
            code="refresh_token_reused",
        )

    def _add(self, family_id: int, token: str) -> str:
        row = RefreshToken(family_id=family_id, token_hash=digest(token))
        self.session.add(row)
        self.session.flush()
        return token


def end_all(session: Session, user_id: int, but: int | None = None) -> None:
    """Revoke every session of a user, except perhaps one."""
    others = () if but is None else (RefreshFamily.id != but,)
    _revoke(session, RefreshFamily.user_id == user_id, *others)


def _revoke(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(RefreshFamily)
        .where(RefreshFamily.revoked_at.is_(None), *which)
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _rows(session: Session, statement: Any) -> int:
    quiet = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", session.execute(quiet)).rowcount
