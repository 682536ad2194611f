"""A small shop for every test of the product service."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from chassis.state_machine import Kind
from product_svc import create_app
from product_svc.extensions import db
from product_svc.models import (
    TRANSITIONS,
    Product,
    Reservation,
    ReservationHistory,
    ReservationItem,
    StockMovement,
)


@pytest.fixture
def app(reuse_app: Callable[..., Flask]) -> Flask:
    return reuse_app(create_app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def staff(tokens: Any) -> dict[str, str]:
    return tokens.staff()


@pytest.fixture
def order_svc(tokens: Any) -> dict[str, str]:
    return tokens.service("order-svc", "product-svc", "stock:reserve")


class Shop:
    """The requests of staff and of order-svc."""

    def __init__(self, app: Flask, staff: Any, order_svc: Any) -> None:
        self.app, self.staff, self.order_svc = app, staff, order_svc
        self.numbers = itertools.count(1)

    def call(self, method: str, path: str, headers: Any = None, **more: Any) -> Any:
        # A client of its own for each call: threads share this object.
        client = self.app.test_client()
        return client.open(path, method=method, headers=headers, **more)

    def product(self, **fields: Any) -> int:
        number = next(self.numbers)
        usual = {"name": f"Kadai {number}", "price": "499.00", "stock_quantity": 5}
        answer = self.call("POST", "/products/", self.staff, json={**usual, **fields})
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    def category(self, **fields: Any) -> int:
        usual = {"name": f"Category {next(self.numbers)}"}
        body = {**usual, **fields}
        answer = self.call("POST", "/products/categories/", self.staff, json=body)
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    def adjust(self, product_id: int, delta: int, reason: str = "counted") -> Any:
        body = {"delta": delta, "reason": reason}
        return self.call(
            "POST", f"/products/{product_id}/stock/", self.staff, json=body
        )

    def reserve(self, order: int, lines: Any, expires_in: int = 600) -> Any:
        body = {"items": items(lines), "expires_in": expires_in}
        path = f"/products/reservations/{order}/"
        return self.call("PUT", path, self.order_svc, json=body)

    def release(self, order: int, final: bool = False) -> Any:
        query = "?final=true" if final else ""
        path = f"/products/reservations/{order}/{query}"
        return self.call("DELETE", path, self.order_svc)

    def commit(self, order: int) -> Any:
        path = f"/products/reservations/{order}/commit/"
        return self.call("POST", path, self.order_svc)

    def restock(self, order: int, lines: Any, return_id: str = "1") -> Any:
        body = {"items": items(lines), "return_id": return_id}
        path = f"/products/reservations/{order}/restock/"
        return self.call("POST", path, self.order_svc, json=body)

    def prolong(self, order: int, seconds: int = 6300) -> Any:
        path = f"/products/reservations/{order}/prolong/"
        body = {"expires_in": seconds}
        return self.call("POST", path, self.order_svc, json=body)

    def quantities(self, product_id: int) -> tuple[int, int]:
        """Return a product's stock and reserved quantity from the database."""
        with self.app.app_context():
            product = db.session.get_one(Product, product_id)
            return product.stock_quantity, product.reserved_quantity

    def state(self, order: int) -> str | None:
        with self.app.app_context():
            found = db.session.get(Reservation, order)
            return found and str(found.state)

    def check_books(self) -> None:
        """Check the invariants of stock, ledger and timeline."""
        with self.app.app_context():
            check_ledger()
            check_reserved()
            check_history()


def items(lines: Any) -> list[dict[str, int]]:
    pairs = lines.items() if isinstance(lines, dict) else lines
    return [{"product_id": p, "quantity": q} for p, q in pairs]


def check_ledger() -> None:
    summed = select(func.coalesce(func.sum(StockMovement.delta), 0)).where(
        StockMovement.product_id == Product.id
    )
    wrong = select(Product.id).where(Product.stock_quantity != summed.scalar_subquery())
    assert db.session.scalars(wrong).all() == []


def check_reserved() -> None:
    held = (
        select(func.coalesce(func.sum(ReservationItem.quantity), 0))
        .join(Reservation, Reservation.order_id == ReservationItem.order_id)
        .where(Reservation.state == "held", ReservationItem.product_id == Product.id)
    )
    wrong = select(Product.id).where(
        Product.reserved_quantity != held.scalar_subquery()
    )
    assert db.session.scalars(wrong).all() == []


def check_history() -> None:
    edges = {
        (source, transition.to or source)
        for (source, _), transition in TRANSITIONS.items()
        if transition.kind is Kind.MOVE
    }
    for reservation in db.session.scalars(select(Reservation)):
        rows = select(ReservationHistory).filter_by(order_id=reservation.order_id)
        history = db.session.scalars(rows.order_by(ReservationHistory.id)).all()
        sources = [row.from_state for row in history]
        targets = [row.to_state for row in history]
        assert sources == [None, *targets[:-1]]
        assert targets[-1] == reservation.state
        assert set(zip(sources, targets, strict=True)) <= edges


@pytest.fixture
def shop(app: Flask, staff: Any, order_svc: Any) -> Shop:
    return Shop(app, staff, order_svc)


@pytest.fixture
def pass_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Return a function that moves the service's clock by seconds."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))

    def let_pass(seconds: int) -> None:
        file.write_text(str(seconds))

    return let_pass
