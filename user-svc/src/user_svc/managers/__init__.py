"""The rules for accounts, sessions, guesses, mails, tokens, keys, service clients."""

from user_svc.managers.guesses import GuessManager, Limits, Subject
from user_svc.managers.mails import MailManager
from user_svc.managers.one_time_tokens import OneTimeTokenManager
from user_svc.managers.service_clients import ServiceClientManager
from user_svc.managers.sessions import Grant, SessionManager
from user_svc.managers.signing_keys import SigningKeyManager
from user_svc.managers.users import RIGHTS, UserManager

__all__ = [
    "RIGHTS",
    "Grant",
    "GuessManager",
    "Limits",
    "MailManager",
    "OneTimeTokenManager",
    "ServiceClientManager",
    "SessionManager",
    "SigningKeyManager",
    "Subject",
    "UserManager",
]
