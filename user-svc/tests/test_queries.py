"""The statements of accounts and of the list of users."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from user_svc.extensions import db
from user_svc.models import Role, User
from user_svc.queries import ACCOUNTS, USER_FILTERS

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)
CASES: list[tuple[str, Any, list[str]]] = [
    ("q", "CHIT", ["Chitra"]),
    ("q", "devi@SHOP", ["Devi"]),
    ("q", "100%", ["Binu 100%"]),
    ("q", "0_", []),
    ("q", "DÉVI", ["Devi"]),
    ("role", "customer", ["Binu 100%", "Devi"]),
    ("is_active", True, ["Binu 100%", "Chitra"]),
    ("is_active", False, ["Devi"]),
    ("created_from", NOON, ["Binu 100%", "Chitra", "Devi"]),
    ("created_from", LATER, ["Chitra", "Devi"]),
    ("created_to", NOON, ["Binu 100%"]),
    ("created_to", LATER, ["Binu 100%", "Chitra", "Devi"]),
]


@pytest.fixture
def people(app: Flask) -> Iterator[None]:
    """Write three users: Binu 100% at noon, Chitra and Devi a second later."""
    with app.app_context():
        for name, role, is_active, created_at in (
            ("Binu 100%", Role.CUSTOMER, True, NOON),
            ("Chitra", Role.STAFF, True, LATER),
            ("Devi", Role.CUSTOMER, False, LATER),
        ):
            email = f"{name[:4].lower()}@shop.example"
            user = User(name=name, email=email, email_key=email, password_hash="x")
            user.role, user.is_active, user.created_at = role, is_active, created_at
            db.session.add(user)
        db.session.flush()
        yield
        db.session.rollback()


@pytest.mark.usefixtures("people")
def test_a_filter_selects_users(subtests: pytest.Subtests) -> None:
    for name, value, found in CASES:
        with subtests.test(f"{name}={value}"):
            users = select(User.name).where(USER_FILTERS[name](value))
            assert list(db.session.scalars(users.order_by(User.name))) == found


@pytest.mark.usefixtures("people")
def test_an_account_is_readable_after_its_transaction() -> None:
    account = db.session.execute(ACCOUNTS.where(User.name == "Devi")).one()
    db.session.rollback()

    assert (account.name, account.email) == ("Devi", "devi@shop.example")
    assert (account.password_hash, account.is_active) == ("x", False)
