"""The rules of accounts: who may exist, what may change."""

import secrets
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Select, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from chassis import clock
from chassis.errors import Conflict, NotFound
from user_svc.models import RefreshToken, Role, TokenState, User

Sessions = Session | scoped_session[Session]


class UserManager:
    """Accounts of the shop."""

    def __init__(self, session: Sessions) -> None:
        self.session = session

    def get_user(self, user_id: int) -> User:
        """Return a user, or raise NotFound."""
        user = self.session.get(User, user_id)
        if user is None:
            raise NotFound(f"There is no user {user_id}.")
        return user

    def find_by_email(self, email: str) -> User | None:
        """Return the user of an e-mail address in any case, if there is one."""
        found = select(User).where(User.email == email.lower())
        return cast("User | None", self.session.scalar(found))

    def register(
        self,
        name: str,
        email: str,
        password_hash: str,
        role: str = Role.CUSTOMER,
    ) -> User:
        """Make an account, or raise Conflict (`email_taken`)."""
        user = User(
            name=name, email=email.lower(), password_hash=password_hash, role=role
        )
        self._save(user)
        return user

    def change(self, user: User, changes: Mapping[str, Any]) -> User:
        """Change a profile; a new e-mail must be verified again."""
        email = changes.get("email", user.email).lower()
        if email != user.email:
            user.email_verified = False
        for name, value in {**changes, "email": email}.items():
            setattr(user, name, value)
        self._save(user)
        if not user.is_active:
            self.end_sessions(user.id)
        return user

    def set_password(self, user: User, password_hash: str) -> None:
        """Change the password and end every session."""
        user.password_hash = password_hash
        self.end_sessions(user.id)

    def close(self, user: User) -> None:
        """Deactivate an account and forget whose it was."""
        user.name = "Deleted user"
        user.email = f"deleted-{user.id}@deleted.invalid"
        user.phone = None
        user.password_hash = f"!{secrets.token_hex(16)}"  # no password matches it
        user.is_active = False
        user.email_verified = False
        self.end_sessions(user.id)

    def end_sessions(self, user_id: int, but: str | None = None) -> None:
        """Revoke every refresh token of a user, but those of one family."""
        mine = RefreshToken.user_id == user_id
        change = update(RefreshToken).where(
            mine, RefreshToken.state != TokenState.REVOKED
        )
        if but is not None:
            change = change.where(RefreshToken.family != but)
        self.session.execute(
            change.values(state=TokenState.REVOKED, updated_at=clock.now())
        )

    def listing(self, filters: Mapping[str, Any]) -> Select[tuple[User]]:
        """Return the statement of a filtered list."""
        tests = {
            "role": lambda v: User.role == v,
            "is_active": lambda v: User.is_active == v,
            "created_from": lambda v: User.created_at >= v,
            "created_to": lambda v: User.created_at <= v,
            "q": lambda v: or_(
                User.name.icontains(v, autoescape=True),
                User.email.icontains(v, autoescape=True),
            ),
        }
        chosen = [
            test(filters[name])
            for name, test in tests.items()
            if filters.get(name) is not None
        ]
        return select(User).where(*chosen)

    def _save(self, user: User) -> None:
        try:
            with self.session.begin_nested():
                self.session.add(user)
        except IntegrityError:
            raise Conflict(
                "There is an account with this e-mail already.", code="email_taken"
            ) from None
