"""The business rules: accounts, sessions, keys, service clients, mailed tokens."""

from user_svc.managers.clients import ClientManager
from user_svc.managers.keys import KeyManager
from user_svc.managers.mails import MailManager
from user_svc.managers.one_time import OneTimeTokenManager
from user_svc.managers.sessions import Grant, SessionManager
from user_svc.managers.users import RIGHTS, UserManager

__all__ = [
    "RIGHTS",
    "ClientManager",
    "Grant",
    "KeyManager",
    "MailManager",
    "OneTimeTokenManager",
    "SessionManager",
    "UserManager",
]
