"""Count the attempts to guess a password or a token, and lock out who guesses.

Addresses that an account was signed in to before are counted apart: a stranger who
guesses cannot lock the owner out. A reset by mail removes the lock of an account, and
makes the address known from which it was confirmed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.db import reading
from chassis.errors import Problem
from user_svc import email_addresses
from user_svc.extensions import db
from user_svc.managers import GuessManager, Limits, MailManager, Subject
from user_svc.models import MailKind
from user_svc.queries import Account
from user_svc.steps.context import keyring, settings


@dataclass(frozen=True)
class Attempt:
    """A counted attempt to sign in; `locks` tells whether its failure locks anew."""

    email: str
    address: str
    subjects: Sequence[Subject]
    is_known: bool
    locks: bool


def manager() -> GuessManager:
    """Return the manager of counts, with the limits of the settings."""
    config = settings()
    return GuessManager(
        db.session,
        Limits(
            config.lockout_first_seconds,
            config.lockout_most_seconds,
            config.lockout_hours,
        ),
    )


def begin(email: str, address: str) -> Attempt:
    """Count an attempt to sign in and commit, or raise TooManyRequests.

    For an address without an account everything is the same.
    """
    guesses = manager()
    key = email_addresses.key(email)
    is_known = guesses.is_known(key, _mac("address", address))
    subjects = _of_sign_in(key or email.strip().lower(), address, is_known)
    locks = _count(guesses, subjects)
    return Attempt(email, address, subjects, is_known, locks)


def fail(attempt: Attempt) -> None:
    """Inform the owner, if there is an account, when this failure locks anew."""
    if attempt.locks and email_addresses.key(attempt.email):
        MailManager(db.session).write(MailKind.LOCKED_OUT, attempt.email)
        db.session.commit()


def succeed(attempt: Attempt, account: Account) -> None:
    """Take the attempt back, in the transaction that starts the session."""
    guesses = manager()
    if attempt.is_known:
        guesses.clear(attempt.subjects)
    else:
        guesses.take_back(attempt.subjects)
    guesses.remember(account.id, _mac("address", attempt.address))


def recover(account: Account, address: str) -> None:
    """Unlock an account whose owner has proved to read its mail, and the address."""
    guesses = manager()
    key = email_addresses.key(account.email)
    guesses.clear(_of_sign_in(key, address, is_known=True))
    guesses.clear([_of_account(key)])
    guesses.remember(account.id, _mac("address", address))


@contextmanager
def of_password(account: Account, session: int | None) -> Iterator[None]:
    """Count an attempt to state the password in a session; inform the owner."""
    guesses = manager()
    text = f"{account.id}:{session}"
    subjects = [Subject(_mac("password", text), settings().sign_in_attempts)]
    locks = _count(guesses, subjects)
    try:
        yield
    except Problem:
        if locks:
            kind = MailKind.LOCKED_OUT
            MailManager(db.session).write(kind, account.email, account.id)
            db.session.commit()
        raise
    guesses.clear(subjects)
    db.session.commit()


@contextmanager
def of_token(address: str) -> Iterator[None]:
    """Count invalid tokens of an address; refuse the address when there are many."""
    guesses = manager()
    subjects = [Subject(_mac("tokens", address), settings().address_attempts)]
    with reading():
        guesses.check(subjects)
        db.session.rollback()
    try:
        yield
    except Problem as problem:
        if problem.status in (400, 401):
            db.session.rollback()
            _count(guesses, subjects)
        raise


def _count(guesses: GuessManager, subjects: Sequence[Subject]) -> bool:
    try:
        locks = guesses.count(subjects)
    except Problem:
        db.session.rollback()
        raise
    db.session.commit()
    return locks


def _of_sign_in(email: str, address: str, is_known: bool) -> list[Subject]:
    if is_known:
        mac = _mac("known", f"{address} {email}")
        return [Subject(mac, settings().sign_in_attempts)]
    each = Subject(_mac("sign-ins", address), settings().address_attempts)
    return [_of_account(email), each]


def _of_account(email: str) -> Subject:
    return Subject(_mac("account", email), settings().sign_in_attempts)


def _mac(kind: str, text: str) -> str:
    return keyring().guess_mac(f"{kind} {text}")
