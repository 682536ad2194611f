"""The database itself refuses a product that cannot be."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from product_svc.extensions import db
from product_svc.models import Category, Product

GOOD = {"name": "x", "price": "1.00", "stock_quantity": 5, "reserved_quantity": 5}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"price": "-1.00"}, "price_not_negative"),
        ({"stock_quantity": -1, "reserved_quantity": -1}, "products"),
        ({"reserved_quantity": -1}, "reserved_within_stock"),
        ({"reserved_quantity": 6}, "reserved_within_stock"),
        ({"category_id": 77}, ""),
    ],
)
def test_the_database_itself_refuses_a_product_that_cannot_be(
    app: Flask, change: Any, constraint: str
) -> None:
    with app.app_context():
        with pytest.raises(IntegrityError) as refused:
            db.session.execute(insert(Product).values({**GOOD, **change}))
        db.session.rollback()

    assert constraint in str(refused.value.orig)


def test_no_price_is_ever_nan(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(StatementError):
            db.session.execute(insert(Product).values({**GOOD, "price": "NaN"}))
        db.session.rollback()
        statement = text(
            "INSERT INTO products (name, price, stock_quantity, reserved_quantity,"
            " is_active, created_at, updated_at)"
            " VALUES ('x', 'NaN', 0, 0, true, '2026-01-01', '2026-01-01')"
        )
        with pytest.raises(IntegrityError):
            db.session.execute(statement)
        db.session.rollback()


def test_a_category_has_its_products(app: Flask) -> None:
    with app.app_context():
        lamps = Category(name="Lamps")
        db.session.add_all([lamps, Product(name="Pot", price=1)])
        lamps.products.add(Product(name="Lamp", price=1))
        db.session.commit()

        found = db.session.scalars(lamps.products.select()).all()

        assert [product.name for product in found] == ["Lamp"]
        assert found[0].category is lamps
        assert len(db.session.scalars(select(Product)).all()) == 2
