"""Accounts: who they are, what may change, what is left of a deleted one."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict, NotFound
from user_svc import emails
from user_svc.managers import sessions
from user_svc.managers.accounts import ACCOUNT, Account
from user_svc.managers.filters import FILTERS
from user_svc.managers.mails import MailManager
from user_svc.managers.one_time import OneTimeTokenManager
from user_svc.models import Letter, RefreshFamily, Role, User

DELETED = "Deleted user"
RIGHTS = frozenset({"role", "is_active"})
_IS_ADMIN = and_(User.role == Role.ADMIN, User.is_active)


class UserManager:
    """The rules of accounts. It hashes nothing: that takes long, in no transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def register(
        self,
        name: str,
        email: str,
        password_hash: str,
        *,
        role: str = Role.CUSTOMER,
        email_verified: bool = False,
    ) -> User:
        """Make an account whose address is asked, or raise Conflict `email_taken`."""
        user = User(
            name=name,
            email=email,
            email_key=emails.key(email),
            password_hash=password_hash,
            role=role,
            email_verified=email_verified,
        )
        self._save(user)
        self.ask_address(user)
        return user

    def ask_address(self, user: User) -> None:
        """Let a mail ask whether the address is theirs, unless it is known."""
        if not user.email_verified:
            MailManager(self.session).write(Letter.VERIFY, user.email, user.id)

    def get_user(self, user_id: int) -> User:
        """Return a user, or raise NotFound."""
        user = self.session.get(User, user_id)
        if user is None:
            raise NotFound(f"There is no user {user_id}.")
        return user

    def lock(self, user_id: int, fields: Collection[str] = ()) -> User:
        """Return a user whose `fields` nobody else changes before the commit.

        Raises NotFound. With rights among the fields, all admins are locked too, in
        one order: two admins who demote each other do not both succeed.
        """
        wanted = User.id == user_id
        if RIGHTS & set(fields):
            wanted = or_(wanted, _IS_ADMIN)
        rows = self.session.scalars(
            select(User)
            .where(wanted)
            .order_by(User.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for user in rows:
            if user.id == user_id:
                return user
        raise NotFound(f"There is no user {user_id}.")

    def find_by_email(self, email: str) -> Account | None:
        """Return the account of an address, however it is spelled."""
        found = ACCOUNT.where(User.email_key == emails.key(email))
        return cast("Account | None", self.session.execute(found).one_or_none())

    def find_by_id(self, user_id: int) -> Account | None:
        """Return an account."""
        found = ACCOUNT.where(User.id == user_id)
        return cast("Account | None", self.session.execute(found).one_or_none())

    def find_role(self, user_id: int, family_id: int | None) -> str | None:
        """Return an active user's role; None when the account or session is over."""
        found = select(User.role).where(User.id == user_id, User.is_active)
        if family_id is not None:
            found = found.join(RefreshFamily).where(
                RefreshFamily.id == family_id, RefreshFamily.revoked_at.is_(None)
            )
        return self.session.scalar(found)

    def has_admin(self) -> bool:
        """Say whether there is an admin at all."""
        found = select(User.id).where(User.role == Role.ADMIN).limit(1)
        return self.session.scalar(found) is not None

    def search(self, query: dict[str, Any]) -> Select[tuple[User]]:
        """Return the users that the filters of a list leave."""
        return select(User).where(
            *[
                condition(query[name])
                for name, condition in FILTERS.items()
                if query.get(name) is not None
            ]
        )

    def change(self, user: User, fields: dict[str, Any]) -> User:
        """Change a locked user's name, email, phone, role, is_active; raise Conflict.

        Codes: `user_deleted`, `email_taken`, `last_admin`.
        """
        if user.deleted_at is not None:
            raise Conflict("A deleted user does not change.", code="user_deleted")
        self._keep_an_admin(user, fields)
        before = user.email
        if fields.get("email", before) != before:
            user.email_key = emails.key(fields["email"])
            user.email_verified = False
        for name, value in fields.items():
            setattr(user, name, value)
        if not user.is_active:
            sessions.end_all(self.session, user.id)
        self._save(user)
        if user.email != before:
            MailManager(self.session).write(Letter.EMAIL_CHANGED, before, user.id)
            self.ask_address(user)
        return user

    def delete(self, user: User) -> None:
        """Deactivate a locked user for ever and forget who it was; twice is once."""
        if user.deleted_at is not None:
            return
        self._keep_an_admin(user, {"is_active": False})
        user.name, user.phone, user.password_hash = DELETED, None, None
        user.email = user.email_key = f"deleted-{user.id}@deleted.invalid"
        user.role, user.is_active, user.email_verified = Role.CUSTOMER, False, False
        user.deleted_at = clock.now()
        sessions.end_all(self.session, user.id)
        MailManager(self.session).forget(user.id)
        OneTimeTokenManager(self.session).forget(user.id)
        self.session.flush()

    def replace_hash(self, user_id: int, old: str | None, new: str) -> bool:
        """Put a new password hash in place of the old one; False: it was another."""
        return self._update(user_id, User.password_hash == old, password_hash=new)

    def reset_hash(self, user_id: int, email: str, new: str) -> bool:
        """Put a new password hash whatever the old; False: the address is another now.

        Whoever has read the mail has shown that the address is theirs.
        """
        known = User.email == email
        return self._update(user_id, known, password_hash=new, email_verified=True)

    def verify(self, user_id: int, email: str) -> bool:
        """Note that an address is its user's; False: the address is another now."""
        return self._update(user_id, User.email == email, email_verified=True)

    def _update(
        self, user_id: int, condition: ColumnElement[bool], **values: Any
    ) -> bool:
        change = update(User).where(User.id == user_id, condition, User.is_active)
        done = cast("CursorResult[Any]", self.session.execute(change.values(values)))
        return done.rowcount == 1

    def _keep_an_admin(self, user: User, fields: dict[str, Any]) -> None:
        after = {"role": user.role, "is_active": user.is_active, **fields}
        if user.role != Role.ADMIN or not user.is_active or _is_admin(after):
            return
        if self.session.scalars(select(User.id).where(_IS_ADMIN)).all() == [user.id]:
            raise Conflict("The last admin must stay one.", code="last_admin")

    def _save(self, user: User) -> User:
        try:
            with self.session.begin_nested():
                self.session.add(user)
        except IntegrityError:  # the one constraint that valid fields can break
            raise Conflict(
                "This e-mail address has an account already.", code="email_taken"
            ) from None
        return user


def _is_admin(fields: dict[str, Any]) -> bool:
    return bool(fields["role"] == Role.ADMIN and fields["is_active"])
