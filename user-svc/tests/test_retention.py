"""No table grows for ever: its rows expire, or are kept for a reason."""

import uuid
from datetime import datetime, timedelta

import pytest
from flask import Flask

from devtools.testkit.retention import (
    EVERYWHERE,
    Pruned,
    left,
    missing,
)
from user_svc.extensions import db
from user_svc.models import (
    GuessCount,
    KnownAddress,
    Mail,
    MailKind,
    OneTimeToken,
    RefreshFamily,
    RefreshToken,
    User,
)

KEPT = {
    "users": "people; a deleted one keeps its id alone, orders name it",
    "service_clients": "one for each of SERVICE_CLIENTS; set-up removes the others",
    "signing_keys": "two or three: rotation deletes those that were replaced",
}


def a_user() -> User:
    address = f"{uuid.uuid4().hex}@shop.example"
    return User(name="Asha", email=address, email_key=address)


def a_family(ends: datetime) -> RefreshFamily:
    user = a_user()
    db.session.add(user)
    db.session.flush()
    return RefreshFamily(user_id=user.id, expires_at=ends)


def a_token(spent: datetime) -> RefreshToken:
    family = a_family(spent + timedelta(days=365))
    db.session.add(family)
    db.session.flush()
    return RefreshToken(
        family_id=family.id, token_hash=uuid.uuid4().hex, spent_at=spent
    )


def a_mailed_token(ended: datetime) -> OneTimeToken:
    user = a_user()
    db.session.add(user)
    db.session.flush()
    return OneTimeToken(
        token_hash=uuid.uuid4().hex,
        purpose=MailKind.RESET,
        user_id=user.id,
        email=user.email,
        expires_at=ended,
    )


def a_mail(ended: datetime) -> Mail:
    name = uuid.uuid4().hex
    return Mail(message_id=name, kind=MailKind.RESET, expires_at=ended)


def a_guess_count(tried: datetime) -> GuessCount:
    return GuessCount(subject=uuid.uuid4().hex, tried_at=tried)


def a_known_address(seen: datetime) -> KnownAddress:
    user = a_user()
    db.session.add(user)
    db.session.flush()
    return KnownAddress(user_id=user.id, address=uuid.uuid4().hex, seen_at=seen)


PRUNED = {
    **EVERYWHERE,
    "refresh_families": Pruned("prune", "prune_after_days", a_family),
    "refresh_tokens": Pruned("prune", "prune_after_days", a_token),
    "one_time_tokens": Pruned("prune", "prune_after_days", a_mailed_token),
    "mails": Pruned("prune", "prune_after_days", a_mail),
    "guess_counts": Pruned("prune", "lockout_hours", a_guess_count),
    "known_addresses": Pruned("prune", "prune_after_days", a_known_address),
}


def test_every_table_is_kept_for_a_reason_or_expires() -> None:
    assert missing(db, KEPT, PRUNED) == set()


@pytest.mark.parametrize("table", PRUNED)
def test_an_old_row_is_deleted_and_a_young_one_stays(app: Flask, table: str) -> None:
    assert left(app, PRUNED[table]) == ["young"]
