"""The business rules: accounts, sessions, signing keys, service clients."""

from user_svc.managers.clients import ClientManager
from user_svc.managers.keys import KeyManager
from user_svc.managers.sessions import Grant, SessionManager
from user_svc.managers.users import RIGHTS, UserManager

__all__ = [
    "RIGHTS",
    "ClientManager",
    "Grant",
    "KeyManager",
    "SessionManager",
    "UserManager",
]
