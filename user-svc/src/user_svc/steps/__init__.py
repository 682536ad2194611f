"""Tokens and passwords, step by step: look, then hash in no transaction, then change.

A password takes 20 ms to hash; a transaction held for that long would keep every
other writer of a SQLite database waiting.
"""

from user_svc.steps.clients import find_client, service_token, sync_clients
from user_svc.steps.passwords import change_password, check_new_address, new_hash
from user_svc.steps.sessions import refresh, sign_in, sign_out
from user_svc.steps.tokens import Tokens

__all__ = [
    "Tokens",
    "change_password",
    "check_new_address",
    "find_client",
    "new_hash",
    "refresh",
    "service_token",
    "sign_in",
    "sign_out",
    "sync_clients",
]
