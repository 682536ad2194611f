"""Accounts: registration, changes, deletion."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import action_log, clock
from chassis.db import changed
from chassis.errors import Conflict, NotFound
from user_svc import email_addresses
from user_svc.managers import sessions
from user_svc.managers.mails import MailManager
from user_svc.managers.one_time_tokens import OneTimeTokenManager
from user_svc.models import KnownAddress, MailKind, RefreshFamily, Role, User
from user_svc.queries import ACCOUNTS, USER_FILTERS, Account

DELETED = "Deleted user"
RIGHTS = frozenset({"role", "is_active"})
_IS_ADMIN = and_(User.role == Role.ADMIN, User.is_active)


class UserManager:
    """The rules for accounts; the caller hashes passwords, outside of transactions."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mails = MailManager(session)
        self.tokens = OneTimeTokenManager(session)

    def register(
        self,
        name: str,
        email: str,
        password_hash: str,
        *,
        role: str = Role.CUSTOMER,
        email_verified: bool = False,
    ) -> User:
        """Create an account and mail a token to it, or raise Conflict `email_taken`."""
        user = User(
            name=name,
            email=email,
            email_key=email_addresses.key(email),
            password_hash=password_hash,
            role=role,
            email_verified=email_verified,
        )
        self._save(user)
        self.request_verification(user)
        return user

    def request_verification(self, user: User) -> None:
        """Mail a token that verifies the address, unless it is verified already."""
        if not user.email_verified:
            self.mails.write(MailKind.VERIFY, user.email, user.id)

    def get(self, user_id: int) -> User:
        """Return a user, or raise NotFound."""
        user = self.session.get(User, user_id)
        if user is None:
            raise NotFound(f"There is no user {user_id}.")
        return user

    def lock(self, user_id: int, fields: Collection[str] = ()) -> User:
        """Lock and return a user whose `fields` will change, or raise NotFound.

        When rights are among the fields, all admins are locked as well, in one order,
        so that two admins who demote each other cannot both succeed.
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
        """Return the account with an address, whatever its case."""
        found = ACCOUNTS.where(User.email_key == email_addresses.key(email))
        return cast("Account | None", self.session.execute(found).one_or_none())

    def find_by_id(self, user_id: int) -> Account | None:
        """Return the account with an id."""
        found = ACCOUNTS.where(User.id == user_id)
        return cast("Account | None", self.session.execute(found).one_or_none())

    def find_role(self, user_id: int, family_id: int | None) -> str | None:
        """Return a user's role; None when the account or the session has ended."""
        found = select(User.role).where(User.id == user_id, User.is_active)
        if family_id is not None:
            found = found.join(RefreshFamily).where(
                RefreshFamily.id == family_id, RefreshFamily.revoked_at.is_(None)
            )
        return self.session.scalar(found)

    def has_admin(self) -> bool:
        """Whether there is any admin, active or not."""
        found = select(User.id).where(User.role == Role.ADMIN).limit(1)
        return self.session.scalar(found) is not None

    def search(self, query: dict[str, Any]) -> Select[tuple[User]]:
        """Return the statement for the users that match the filters."""
        return select(User).where(
            *[
                condition(query[name])
                for name, condition in USER_FILTERS.items()
                if query.get(name) is not None
            ]
        )

    def change(self, user: User, fields: dict[str, Any]) -> User:
        """Change a locked user's name, email, phone, role or is_active.

        Raises Conflict with the code `user_deleted`, `email_taken` or `last_admin`.
        """
        if user.deleted_at is not None:
            raise Conflict("A deleted user cannot be changed.", code="user_deleted")
        self._keep_an_admin(user, fields)
        before = user.email
        if fields.get("email", before) != before:
            user.email_key = email_addresses.key(fields["email"])
            user.email_verified = False
        for name, value in fields.items():
            setattr(user, name, value)
        if not user.is_active:
            sessions.end_all(self.session, user.id)
        self._save(user)
        if user.email != before:
            self.mails.write(MailKind.EMAIL_CHANGED, before, user.id)
            self.request_verification(user)
        return user

    def delete(self, user: User) -> None:
        """Deactivate a locked user for good and erase the personal data; idempotent."""
        if user.deleted_at is not None:
            return
        self._keep_an_admin(user, {"is_active": False})
        action_log.erase(self.session)
        user.name, user.phone, user.password_hash = DELETED, None, None
        user.email = user.email_key = f"deleted-{user.id}@deleted.invalid"
        user.role, user.is_active, user.email_verified = Role.CUSTOMER, False, False
        user.deleted_at = clock.now()
        sessions.end_all(self.session, user.id)
        self.mails.delete_for(user.id)
        self.tokens.delete_for(user.id)
        changed(delete(KnownAddress).where(KnownAddress.user_id == user.id))
        self.session.flush()

    def replace_hash(self, user_id: int, old: str | None, new: str) -> bool:
        """Replace a password hash; return False when `old` is no longer stored."""
        return self._update(user_id, User.password_hash == old, password_hash=new)

    def reset_hash(self, user_id: int, email: str, new: str) -> bool:
        """Set a new password hash; return False when the address has changed.

        The token was mailed to the address, so the address is verified as well.
        """
        is_same = User.email == email
        return self._update(user_id, is_same, password_hash=new, email_verified=True)

    def verify(self, user_id: int, email: str) -> bool:
        """Mark the address as verified; return False when it has changed."""
        return self._update(user_id, User.email == email, email_verified=True)

    def _update(
        self, user_id: int, condition: ColumnElement[bool], **values: Any
    ) -> bool:
        change = update(User).where(User.id == user_id, condition, User.is_active)
        return changed(change.values(values)) == 1

    def _keep_an_admin(self, user: User, fields: dict[str, Any]) -> None:
        after = {"role": user.role, "is_active": user.is_active, **fields}
        if user.role != Role.ADMIN or not user.is_active or _is_admin(after):
            return
        if self.session.scalars(select(User.id).where(_IS_ADMIN)).all() == [user.id]:
            raise Conflict("The last admin must stay an admin.", code="last_admin")

    def _save(self, user: User) -> User:
        try:
            with self.session.begin_nested():
                self.session.add(user)
        except IntegrityError:  # the only constraint that valid fields can violate
            raise Conflict(
                "This e-mail address already has an account.", code="email_taken"
            ) from None
        return user


def _is_admin(fields: dict[str, Any]) -> bool:
    return bool(fields["role"] == Role.ADMIN and fields["is_active"])
