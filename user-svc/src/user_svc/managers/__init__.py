"""The business rules: accounts, sessions, signing keys, service clients."""

from user_svc.managers.clients import ClientManager
from user_svc.managers.keys import KeyManager
from user_svc.managers.sessions import Grant, SessionManager
from user_svc.managers.users import UserManager

__all__ = ["ClientManager", "Grant", "KeyManager", "SessionManager", "UserManager"]
