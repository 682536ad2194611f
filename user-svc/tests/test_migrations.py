from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError

from chassis import clock
from user_svc.extensions import db
from user_svc.models import RefreshFamily, RefreshToken, SigningKey, User


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_match_the_models(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()

        assert tables() == set(db.metadata.tables)


def test_the_migrations_go_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        assert tables() == set()

        flask_migrate.upgrade()
        assert tables() == set(db.metadata.tables)


GOOD = {"name": "x", "email": "a@b.example", "email_key": "a@b.example"}


@pytest.mark.parametrize(
    "change",
    [
        {"role": "root"},
        {"email": "p1@shop.example"},
        {"email_key": "p1@shop.example"},
        {"name": None},
    ],
    ids=["role", "email", "email in another case", "name"],
)
def test_the_database_refuses_an_invalid_user(
    app: Flask, shop: Any, change: Any
) -> None:
    shop.person()
    with app.app_context():
        with pytest.raises(IntegrityError):
            db.session.execute(insert(User).values({**GOOD, **change}))
        db.session.rollback()


def test_a_family_has_one_active_token(app: Flask, shop: Any) -> None:
    shop.person()
    with app.app_context():
        family = db.session.query(RefreshFamily).one().id
        row = {"family_id": family, "token_hash": "x"}
        spent = {**row, "token_hash": "y", "spent_at": clock.now()}
        db.session.execute(insert(RefreshToken).values(spent))

        with pytest.raises(IntegrityError):
            db.session.execute(insert(RefreshToken).values(row))
        db.session.rollback()


def test_two_keys_are_never_of_one_generation(app: Flask) -> None:
    with app.app_context():
        row = {
            "generation": 1,
            "kid": "x",
            "private_key": "x",
            "public_jwk": {},
            "active_from": clock.now(),
        }
        with pytest.raises(IntegrityError):
            db.session.execute(insert(SigningKey).values(row))
        db.session.rollback()
