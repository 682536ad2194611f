"""The schema upgrades and downgrades, and matches the models."""

import pytest
from sqlalchemy import inspect

from payment_svc.extensions import db


@pytest.fixture
def migrated(make):
    app = make()
    with app.app_context():
        yield app


def test_the_models_and_the_migrations_agree(migrated):
    from flask_migrate import check

    check()  # exits when they do not


def test_the_migrations_go_down_and_up_again(migrated):
    from flask_migrate import downgrade, upgrade

    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    upgrade()

    assert left == set()
    assert "payment" in inspect(db.engine).get_table_names()


def test_the_payment_table_has_the_required_columns(migrated):
    found = {c["name"]: c for c in inspect(db.engine).get_columns("payment")}
    lengths = {
        "order_id": 255,
        "razorpay_order_id": 255,
        "razorpay_payment_id": 255,
        "razorpay_payment_link_id": 255,
        "razorpay_short_url": 255,
        "currency": 3,
        "status": 50,
        "receipt": 255,
        "reason": 255,
    }
    audit = {c["name"] for c in inspect(db.engine).get_columns("audit_log")}
    [parent] = [
        key
        for key in inspect(db.engine).get_foreign_keys("payment")
        if key["referred_table"] == "audit_log"
    ]

    assert {name: found[name]["type"].length for name in lengths} == lengths
    assert audit == {"id", "created_at", "updated_at"}
    assert parent["constrained_columns"] == ["auditlog_ptr_id"]
