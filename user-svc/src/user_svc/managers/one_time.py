"""Tokens that were mailed: good once, for a while, for one address and one purpose."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from chassis import clock
from user_svc.keyring import digest
from user_svc.managers.accounts import ACCOUNT, Account
from user_svc.models import Letter, OneTimeToken, User

MOST_PER_HOUR = 5  # of one purpose for one account: nobody's mailbox is flooded


class OneTimeTokenManager:
    """The rules of mailed tokens: of an account's, the newest alone is good."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def issue(
        self, token: str, purpose: Letter, owner: Account, expires_at: datetime
    ) -> bool:
        """Keep a token's hash, once however often it is mailed; False: too many."""
        hashed = digest(token)
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

    def find(self, token: str, purpose: Letter) -> Account | None:
        """Return the active account that a good token was mailed to, at its address."""
        found = ACCOUNT.join(OneTimeToken, OneTimeToken.user_id == User.id).where(
            _is_good(token, purpose),
            User.is_active,
            User.email == OneTimeToken.email,
        )
        return cast("Account | None", self.session.execute(found).one_or_none())

    def spend(self, token: str, purpose: Letter) -> bool:
        """Use a token up; False: it is not good, or another was faster."""
        spent = (
            update(OneTimeToken)
            .where(_is_good(token, purpose))
            .values(used_at=clock.now())
        )
        return self._change(spent) == 1

    def void(self, user_id: int, purpose: Letter) -> None:
        """Let a user's tokens of one purpose end now."""
        mine = (OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose)
        unused = update(OneTimeToken).where(*mine, OneTimeToken.used_at.is_(None))
        self._change(unused.values(expires_at=clock.now()))

    def forget(self, user_id: int) -> None:
        """Delete the tokens of a user who leaves: they hold the address."""
        self._change(delete(OneTimeToken).where(OneTimeToken.user_id == user_id))

    def prune(self, before: datetime) -> int:
        """Delete tokens that ended before; return how many."""
        return self._change(
            delete(OneTimeToken).where(OneTimeToken.expires_at < before)
        )

    def _count(self, *where: ColumnElement[bool]) -> int:
        found = select(func.count()).select_from(OneTimeToken).where(*where)
        return self.session.scalar(found) or 0

    def _change(self, statement: Any) -> int:
        quiet = statement.execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self.session.execute(quiet)).rowcount


def _is_good(token: str, purpose: Letter) -> ColumnElement[bool]:
    newer = aliased(OneTimeToken)
    return and_(
        OneTimeToken.token_hash == digest(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
        ~exists().where(
            newer.user_id == OneTimeToken.user_id,
            newer.purpose == OneTimeToken.purpose,
            newer.id > OneTimeToken.id,
        ),
    )
