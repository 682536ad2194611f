"""Each change by staff, by API or panel, has its row in the action log."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from devtools.testkit import action_log
from devtools.testkit.action_log import MESSAGE_FORMS, Panel
from order_svc.extensions import db
from order_svc.models import ActionLog

# Lines, timelines and commands belong to the change of an order or a refund.
RECORDS = {"order_items", "order_history", "stock_commands"}
Work = Callable[[], Any]


def place(shop: Any) -> Work:
    return lambda: shop.order(shop.staff, body={"user_id": 1})


def cancel(shop: Any) -> Work:
    order = shop.placed()
    return lambda: shop.cancel(order, shop.staff)


def change(shop: Any) -> Work:
    path, body = f"/orders/{shop.placed()}/", {"note": "Ring twice."}
    return lambda: shop.call("PATCH", path, shop.staff, json=body)


def refund(shop: Any) -> Work:
    order = shop.confirmed()
    restock = [{"product_id": 1, "quantity": 1}]
    return lambda: shop.refund(order, amount="10.00", items=restock)


OPERATIONS: dict[str, Callable[[Any], Work]] = {
    "POST /orders/": place,
    "POST /orders/{order_id}/cancel/": cancel,
    "PATCH /orders/{order_id}/": change,
    "POST /orders/{order_id}/refund/": refund,
}
FORMS = {"order/cancel", *MESSAGE_FORMS}


def log(app: Flask) -> list[ActionLog]:
    with app.app_context():
        return list(db.session.scalars(select(ActionLog).order_by(ActionLog.id)))


def test_every_operation_and_form_is_tried(app: Flask) -> None:
    assert action_log.operations(app) == set(OPERATIONS)
    assert action_log.forms(app) == FORMS


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_is_logged(app: Flask, shop: Any, name: str) -> None:
    work = OPERATIONS[name](shop)

    changed, unlogged = action_log.unlogged(app, RECORDS, work)

    assert changed
    assert not unlogged
    assert {(row.actor, row.action) for row in log(app)} == {("user:900", name)}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_each_form_of_the_panel_is_logged(
    app: Flask, shop: Any, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    table = form.partition("/")[0]
    is_order = table == "order"
    key = shop.placed() if is_order else action_log.waiting_message(app, table)
    post, data = Panel(app, monkeypatch).post, MESSAGE_FORMS.get(form, {})

    changed, unlogged = action_log.unlogged(
        app, RECORDS, lambda: post(form, key, **data)
    )

    assert changed
    assert not unlogged
    assert {row.source for row in log(app)} == {"panel"}


def test_placing_is_logged_and_the_sagas_next_steps_are_not(
    app: Flask, shop: Any
) -> None:
    order = shop.placed(who=shop.staff, body={"user_id": 1})
    shop.pay(order)
    shop.work()

    (row,) = log(app)
    assert shop.state(order) == "confirmed"
    assert (row.model, row.after["state"]) == ("Order", "placed")


def test_a_customers_order_is_not_logged(app: Flask, shop: Any) -> None:
    shop.cancel(shop.placed())

    assert log(app) == []


def test_no_logged_column_is_named_like_a_secret(app: Flask) -> None:
    assert action_log.secrets(app) == {"dead_letters.message_id"}  # of the queue
