"""An order in a transaction that is never committed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from order_svc.extensions import db
from order_svc.models import Order


@pytest.fixture
def an_order() -> Callable[..., Order]:
    """Return `an_order(**values)`: an order that is not inserted yet."""
    usual = {"user_id": 17, "customer_name": "Asha", "customer_email": "a@shop.example"}
    return lambda **values: Order(**{**usual, **values})


@pytest.fixture
def order(app: Flask, an_order: Callable[..., Order]) -> Iterator[Order]:
    with app.app_context():
        found = an_order()
        db.session.add(found)
        db.session.flush()
        yield found
        db.session.rollback()


@pytest.fixture
def is_refused() -> Callable[..., bool]:
    """Return `is_refused(*rows)`: whether a constraint forbids these rows."""

    def insert(*rows: Any) -> bool:
        try:
            with db.session.begin_nested():
                db.session.add_all(rows)
        except IntegrityError:
            return True
        return False

    return insert
