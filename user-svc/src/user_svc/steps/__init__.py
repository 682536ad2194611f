"""The steps of a request or a job: what is read, hashed, sent, written and committed.

Hashing a password takes 20 ms. No transaction is open meanwhile, since on SQLite it
would block every other writer.
"""

from user_svc.steps.accounts import create_account, create_demo_accounts, set_up
from user_svc.steps.context import hashing, keyring, settings
from user_svc.steps.mails import expire_mails, send_mails
from user_svc.steps.passwords import change_password, check_new_address, hash_new
from user_svc.steps.resets import (
    request_reset,
    request_verification,
    reset_password,
    verify_address,
)
from user_svc.steps.service_clients import find_client, service_token, sync_clients
from user_svc.steps.sessions import refresh, sign_in, sign_out
from user_svc.steps.signing_keys import (
    list_public_keys,
    publish_next_key,
    rotate_keys,
)
from user_svc.steps.tokens import Tokens

__all__ = [
    "Tokens",
    "change_password",
    "check_new_address",
    "create_account",
    "create_demo_accounts",
    "expire_mails",
    "find_client",
    "hash_new",
    "hashing",
    "keyring",
    "list_public_keys",
    "publish_next_key",
    "refresh",
    "request_reset",
    "request_verification",
    "reset_password",
    "rotate_keys",
    "send_mails",
    "service_token",
    "set_up",
    "settings",
    "sign_in",
    "sign_out",
    "sync_clients",
    "verify_address",
]
