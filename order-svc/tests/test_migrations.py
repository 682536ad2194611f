"""The migrations create the tables of the models, and drop them again."""

from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import insert, inspect, update
from sqlalchemy.exc import IntegrityError

from order_svc.extensions import db
from order_svc.models import Order, OrderItem


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_create_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()

        assert tables() == set(db.metadata.tables)


def test_the_migrations_go_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        assert tables() == set()

        flask_migrate.upgrade()
        assert tables() == set(db.metadata.tables)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "shipped"}, "state_known"),
        ({"status": "shipped"}, "status_known"),
        ({"total_price": "-0.01"}, "total_not_negative"),
        ({"refunded_amount": "-0.01"}, "refunded_not_negative"),
    ],
)
def test_the_database_itself_refuses_an_order_that_cannot_be(
    shop: Any, change: dict[str, Any], constraint: str
) -> None:
    order = shop.placed()
    with shop.app.app_context():
        statement = update(Order).where(Order.id == order).values(**change)
        with pytest.raises(IntegrityError) as refused:
            db.session.execute(statement)
        db.session.rollback()

    assert constraint in str(refused.value.orig)


def test_a_line_has_a_quantity_and_an_order(shop: Any) -> None:
    order = shop.placed()
    for change in ({"quantity": 0}, {"quantity": -1}, {"order_id": 4711}):
        line = {"order_id": order, "product_id": 2, "quantity": 1, **change}
        with shop.app.app_context():
            with pytest.raises(IntegrityError):
                db.session.execute(insert(OrderItem).values(line))
            db.session.rollback()


def test_an_order_has_one_line_of_a_product(shop: Any) -> None:
    line = {"order_id": shop.placed(), "product_id": 1, "quantity": 1}
    with shop.app.app_context():
        with pytest.raises(IntegrityError):
            db.session.execute(insert(OrderItem).values(line))
        db.session.rollback()
