"""Tokens and passwords, step by step: look, then hash in no transaction, then change.

A password takes 20 ms to hash; a transaction held for that long would keep every
other writer of a SQLite database waiting.
"""

from user_svc.steps.clients import find_client, service_token, sync_clients
from user_svc.steps.mails import send_next
from user_svc.steps.passwords import change_password, check_new_address, new_hash
from user_svc.steps.resets import (
    ask_address,
    ask_reset,
    reset_password,
    verify_address,
)
from user_svc.steps.sessions import refresh, sign_in, sign_out
from user_svc.steps.tokens import Tokens

__all__ = [
    "Tokens",
    "ask_address",
    "ask_reset",
    "change_password",
    "check_new_address",
    "find_client",
    "new_hash",
    "refresh",
    "reset_password",
    "send_next",
    "service_token",
    "sign_in",
    "sign_out",
    "sync_clients",
    "verify_address",
]
