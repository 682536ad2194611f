"""The base of this service's own tables."""

from enum import StrEnum

from chassis.db import Timestamps
from payment_svc.extensions import db


class AuditModel(Timestamps, db.Model):
    """When a row was made and last changed: the base of the service's own tables."""

    __abstract__ = True


def among(column: str, words: type[StrEnum]) -> str:
    """Return the CHECK of a column that holds one of the words."""
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({quoted})"
