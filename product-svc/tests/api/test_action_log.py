"""Each change by staff, by API or panel, has its row in the action log."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from devtools.testkit import action_log
from devtools.testkit.action_log import Panel
from product_svc.extensions import db
from product_svc.models import ActionLog, ReservationHistory

# The ledger and timelines record the change of a product or a reservation.
RECORDS = {
    "stock_movements",
    "price_changes",
    "reservation_history",
    "reservation_items",
}
PRODUCT, CATEGORY = "/products/{product_id}/", "/products/categories/{category_id}/"
RESERVATION = "/products/reservations/{order_id}/"
# The saga's steps stand in the timelines of reservations.
SAGA = {
    f"PUT {RESERVATION}",
    f"DELETE {RESERVATION}",
    *(f"POST {RESERVATION}{step}/" for step in ("prolong", "commit", "restock")),
}
KADAI = {"name": "Kadai", "price": "9.00"}
BODIES: dict[str, Any] = {
    "POST /products/": {**KADAI, "stock_quantity": 3},
    f"PUT {PRODUCT}": KADAI,
    f"PATCH {PRODUCT}": {"price": "9.00"},
    f"DELETE {PRODUCT}": None,
    "POST /products/{product_id}/stock/": {"delta": -1, "reason": "broken"},
    "POST /products/categories/": {"name": "Pots"},
    f"PUT {CATEGORY}": {"name": "Pots"},
    f"PATCH {CATEGORY}": {"name": "Pots"},
    f"DELETE {CATEGORY}": None,
}
POT = {"name": "Pot", "parent": "__None"}
FORMS: dict[str, dict[str, str]] = {
    "product/new": {**KADAI, "category": "__None"},
    "product/edit": {**KADAI, "category": "__None"},
    "product/retire": {},
    "product/return": {},
    "category/new": POT,
    "category/edit": POT,
    "category/delete": {},
    "stockmovement/new": {"product": "1", "delta": "2", "reason": "found"},
}


def log(app: Flask) -> list[ActionLog]:
    with app.app_context():
        return list(db.session.scalars(select(ActionLog).order_by(ActionLog.id)))


@pytest.fixture
def stocked(app: Flask, shop: Any) -> Any:
    """Return a shop with product 1 in category 1, and an empty log."""
    parent = shop.category()
    shop.product(category_id=parent)
    with app.app_context():
        db.session.execute(ActionLog.__table__.delete())
        db.session.commit()
    return shop


def test_every_operation_and_form_is_tried(app: Flask) -> None:
    assert action_log.operations(app) == BODIES.keys() | SAGA
    assert action_log.forms(app) == set(FORMS)


@pytest.mark.parametrize("name", BODIES)
def test_each_operation_is_logged(app: Flask, stocked: Any, name: str) -> None:
    method, path = name.split()
    place = path.format(product_id=1, category_id=1)

    changed, unlogged = action_log.unlogged(
        app,
        RECORDS,
        lambda: stocked.call(method, place, stocked.staff, json=BODIES[name]),
    )

    assert changed
    assert not unlogged
    assert {(row.actor, row.action) for row in log(app)} == {("user:900", name)}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_panel_is_logged(
    app: Flask, stocked: Any, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    panel = Panel(app, monkeypatch)
    if form == "product/return":
        panel.post("product/retire", 1)

    changed, unlogged = action_log.unlogged(
        app, RECORDS, lambda: panel.post(form, 1, **FORMS[form])
    )

    assert changed
    assert not unlogged
    assert {row.source for row in log(app)} == {"panel"}


def test_an_adjustment_is_logged_with_the_stock_before_and_after(
    app: Flask, stocked: Any
) -> None:
    stocked.adjust(1, -2)

    (row,) = log(app)
    assert (row.before, row.after) == ({"stock_quantity": 5}, {"stock_quantity": 3})


def test_a_deleted_category_is_logged_with_each_of_its_products(
    app: Flask, stocked: Any
) -> None:
    stocked.call("DELETE", "/products/categories/1/", stocked.staff)

    assert {(row.model, row.object_id) for row in log(app)} == {
        ("Category", "1"),
        ("Product", "1"),
    }


def test_the_sagas_steps_stand_in_the_timeline_and_not_in_the_log(
    app: Flask, stocked: Any
) -> None:
    statuses = [
        stocked.reserve(7, {1: 2}).status_code,
        stocked.prolong(7).status_code,
        stocked.commit(7).status_code,
        stocked.restock(7, {1: 1}).status_code,
        stocked.release(8).status_code,
    ]

    assert statuses == [201, 200, 200, 200, 204]
    assert log(app) == []
    with app.app_context():
        history = db.session.scalars(select(ReservationHistory)).all()
    assert {row.actor for row in history} == {"order-svc"}


def test_no_logged_column_is_named_like_a_secret(app: Flask) -> None:
    assert not action_log.secrets(app)
