"""The tables: users, sessions, guesses, mails and tokens, service clients, keys."""

from user_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    Dependency,
    IdempotencyKey,
)
from user_svc.models.guesses import GuessCount, KnownAddress
from user_svc.models.keys import ServiceClient, SigningKey
from user_svc.models.mails import Mail, MailKind, OneTimeToken
from user_svc.models.sessions import RefreshFamily, RefreshToken
from user_svc.models.users import Role, User

__all__ = [
    "ActionLog",
    "AdminSession",
    "Dependency",
    "GuessCount",
    "IdempotencyKey",
    "KnownAddress",
    "Mail",
    "MailKind",
    "OneTimeToken",
    "RefreshFamily",
    "RefreshToken",
    "Role",
    "ServiceClient",
    "SigningKey",
    "User",
]
