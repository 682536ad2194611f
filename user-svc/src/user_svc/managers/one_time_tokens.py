"""One-time tokens: each is mailed to one address and valid for one purpose."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.db import changed
from user_svc.keyring import hash_token
from user_svc.models import MailKind, OneTimeToken, User
from user_svc.queries import ACCOUNTS, Account

MOST_PER_HOUR = 5  # per account and purpose, so that no mailbox is flooded


class OneTimeTokenManager:
    """The rules for one-time tokens: only the newest of an account is valid."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def issue(
        self, token: str, purpose: MailKind, owner: Account, expires_at: datetime
    ) -> bool:
        """Store a token unless it is stored already; return False when too many were.

        A mail that is sent again contains the same token, which counts once.
        """
        hashed = hash_token(token)
        if self._count(OneTimeToken.token_hash == hashed):
            return True
        mine = (OneTimeToken.user_id == owner.id, OneTimeToken.purpose == purpose)
        recent = OneTimeToken.created_at > clock.now() - timedelta(hours=1)
        if self._count(*mine, recent) >= MOST_PER_HOUR:
            return False
        self.session.add(
            OneTimeToken(
                token_hash=hashed,
                purpose=purpose,
                user_id=owner.id,
                email=owner.email,
                expires_at=expires_at,
            )
        )
        return True

    def find(self, token: str, purpose: MailKind) -> Account | None:
        """Return the account of a valid token: active, and its address unchanged."""
        found = ACCOUNTS.join(OneTimeToken, OneTimeToken.user_id == User.id).where(
            _is_valid(token, purpose),
            User.is_active,
            User.email == OneTimeToken.email,
        )
        return cast("Account | None", self.session.execute(found).one_or_none())

    def spend(self, token: str, purpose: MailKind) -> bool:
        """Mark a token as used; return False when it is not or no longer valid."""
        use = update(OneTimeToken).where(_is_valid(token, purpose))
        use = use.execution_options(synchronize_session=False)
        return changed(use.values(used_at=clock.now())) == 1

    def revoke(self, user_id: int, purpose: MailKind) -> None:
        """End a user's tokens for one purpose now."""
        mine = (OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose)
        unused = update(OneTimeToken).where(*mine, OneTimeToken.used_at.is_(None))
        changed(unused.values(expires_at=clock.now()))

    def delete_for(self, user_id: int) -> None:
        """Delete the tokens of a user; they contain the address."""
        changed(delete(OneTimeToken).where(OneTimeToken.user_id == user_id))

    def _count(self, *where: ColumnElement[bool]) -> int:
        found = select(func.count()).select_from(OneTimeToken).where(*where)
        return self.session.scalar(found) or 0


def _is_valid(token: str, purpose: MailKind) -> ColumnElement[bool]:
    newer = aliased(OneTimeToken)
    return and_(
        OneTimeToken.token_hash == hash_token(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
        ~exists().where(
            newer.user_id == OneTimeToken.user_id,
            newer.purpose == OneTimeToken.purpose,
            newer.id > OneTimeToken.id,
        ),
    )
