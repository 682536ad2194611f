"""Sessions: a family of refresh tokens, each of which replaces the one before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.db import changed
from chassis.errors import Unauthorized, Unavailable
from chassis.failpoints import failpoint
from user_svc.keyring import Keyring, hash_token, new_token
from user_svc.models import RefreshFamily, RefreshToken, User


@dataclass(frozen=True)
class Grant:
    """The result of a sign-in or refresh: the session and its next refresh token."""

    user_id: int
    role: str
    family_id: int
    refresh_token: str
    expires_at: datetime


class SessionManager:
    """The rules for sessions: a refresh token is valid once, its family for days."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def start(self, user_id: int, password_hash: str, lifetime: timedelta) -> Grant:
        """Start a session for a user whose password was checked.

        Raises Unauthorized when the account or the password has changed since.
        """
        # A password change waits for this lock, and then ends this session too.
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
        """Spend a refresh token and return the next one.

        A token spent less than `grace` ago is a retry and gets the same successor. A
        later use means theft: the family is revoked, and Unauthorized
        (`refresh_token_reused`) is raised. The caller must commit in both cases.
        """
        found = self._find(token)
        if found is None:
            raise Unauthorized("The refresh token is invalid or has expired.")
        successor = self.keyring.next_refresh_token(token)
        if self._spend(token):
            failpoint("session.spent")
            self._add(found.family_id, successor)
        elif not self._was_spent_after(token, clock.now() - grace):
            self._revoke_stolen(found)
        else:
            successor = self._stored_successor(token)
        return Grant(
            found.user_id, found.role, found.family_id, successor, found.expires_at
        )

    def end(self, token: str, user_id: int) -> None:
        """Revoke the family of a refresh token, unless it belongs to another user."""
        family = select(RefreshToken.family_id).where(
            RefreshToken.token_hash == hash_token(token)
        )
        _revoke(
            self.session,
            RefreshFamily.id == family.scalar_subquery(),
            RefreshFamily.user_id == user_id,
        )

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
                RefreshToken.token_hash == hash_token(token),
                RefreshFamily.revoked_at.is_(None),
                RefreshFamily.expires_at > clock.now(),
                User.is_active,
            )
        ).one_or_none()

    def _stored_successor(self, token: str) -> str:
        """Return what has replaced a spent token, also by a replica's other secret."""
        for successor in self.keyring.next_refresh_tokens(token):
            stored = select(RefreshToken.id).filter_by(token_hash=hash_token(successor))
            if self.session.scalar(stored) is not None:
                return successor
        raise Unavailable("Send the request again.")

    def _spend(self, token: str) -> bool:
        spend = (
            update(RefreshToken)
            .where(
                RefreshToken.token_hash == hash_token(token),
                RefreshToken.spent_at.is_(None),
            )
            .values(spent_at=clock.now())
        )
        return changed(spend) == 1

    def _was_spent_after(self, token: str, moment: datetime) -> bool:
        found = select(RefreshToken.id).where(
            RefreshToken.token_hash == hash_token(token), RefreshToken.spent_at > moment
        )
        return self.session.scalar(found) is not None

    def _revoke_stolen(self, found: Row[tuple[int, int, str, datetime]]) -> None:
        _revoke(self.session, RefreshFamily.id == found.family_id)
        logging.get().warning(
            "session revoked: refresh token used twice",
            user_id=found.user_id,
            family_id=found.family_id,
        )
        raise Unauthorized(
            "This refresh token was used before; sign in again.",
            code="refresh_token_reused",
        )

    def _add(self, family_id: int, token: str) -> str:
        row = RefreshToken(family_id=family_id, token_hash=hash_token(token))
        self.session.add(row)
        self.session.flush()
        return token


def end_all(session: Session, user_id: int, keep: int | None = None) -> None:
    """Revoke every session of a user, except the one given."""
    others = () if keep is None else (RefreshFamily.id != keep,)
    _revoke(session, RefreshFamily.user_id == user_id, *others)


def _revoke(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(RefreshFamily)
        .where(RefreshFamily.revoked_at.is_(None), *which)
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )
