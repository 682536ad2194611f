"""The tables: users, sessions, mails and tokens, service clients and signing keys."""

from user_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    Dependency,
    IdempotencyKey,
)
from user_svc.models.keys import ServiceClient, SigningKey
from user_svc.models.mails import Mail, MailKind, OneTimeToken
from user_svc.models.sessions import RefreshFamily, RefreshToken
from user_svc.models.users import Role, User

__all__ = [
    "ActionLog",
    "AdminSession",
    "Dependency",
    "IdempotencyKey",
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
