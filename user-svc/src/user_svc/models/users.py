"""The table of users."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from chassis.db import DERIVED, PERSONAL, SECRET, AuditModel, Id, UtcDateTime
from chassis.folding import fold
from chassis.sorting import sort_key_of
from user_svc.extensions import db


class Role(StrEnum):
    """What a user may do; each role includes the rights of the one before."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMIN = "admin"


class User(AuditModel, db.Model):
    """A person with an account; a deleted user keeps the id and no personal data.

    `email_key` is the normalized address in lower case, so that two spellings of one
    address collide on every database. `folded` is the name and the address as searches
    compare them.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('customer', 'staff', 'admin')", name="role"),
        *(
            Index(None, name, "id")
            for name in ("created_at", "name_sort_key", "email_sort_key")
        ),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), info=PERSONAL)
    email: Mapped[str] = mapped_column(String(254), unique=True, info=PERSONAL)
    email_key: Mapped[str] = mapped_column(String(254), unique=True, info=SECRET)
    folded: Mapped[str] = mapped_column(Text, server_default="", info=DERIVED)
    name_sort_key: Mapped[str] = sort_key_of("name")
    email_sort_key: Mapped[str] = sort_key_of("email")
    phone: Mapped[str | None] = mapped_column(String(16), info=PERSONAL)
    role: Mapped[str] = mapped_column(String(20), default=Role.CUSTOMER)
    is_active: Mapped[bool] = mapped_column(default=True)
    email_verified: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255), info=SECRET)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @validates("name", "email")
    def _fold(self, changed: str, value: str) -> str:
        texts = {"name": self.name, "email": self.email, changed: value}
        self.folded = "\n".join(fold(text or "") for text in texts.values())
        return value
