"""The history of prices: who set which price, and what was before."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from devtools.testkit.action_log import Panel
from product_svc.extensions import db
from product_svc.managers import ProductManager
from product_svc.models import PriceChange, Product


def history(shop: Any, product_id: int) -> list[tuple[str | None, str]]:
    """Return the prices of a product before and after each change, oldest first."""
    answer = shop.call("GET", f"/products/{product_id}/prices/", shop.staff)
    assert answer.status_code == 200, answer.text
    return [(row["before"], row["after"]) for row in reversed(answer.json["data"])]


def test_each_change_of_a_price_is_a_row(shop: Any) -> None:
    lamp = shop.product(price="10.00")
    path = f"/products/{lamp}/"

    shop.call("PATCH", path, shop.staff, json={"price": "12"})
    shop.call("PATCH", path, shop.staff, json={"price": "12.00", "name": "Lamp"})
    shop.call("PUT", path, shop.staff, json={"price": "9.5", "name": "Lamp"})
    shop.call("PATCH", path, shop.staff, json={"name": "Torch"})
    shop.call("DELETE", path, shop.staff)

    assert history(shop, lamp) == [
        (None, "10.00"),
        ("10.00", "12.00"),
        ("12.00", "9.50"),
    ]


def test_a_row_names_who_changed_the_price_and_by_which_request(shop: Any) -> None:
    lamp = shop.product()
    headers = {**shop.staff, "X-Correlation-ID": "sale-of-diwali"}

    shop.call("PATCH", f"/products/{lamp}/", headers, json={"price": "1.00"})

    (row, _) = shop.call("GET", f"/products/{lamp}/prices/", shop.staff).json["data"]
    assert row.pop("created_at")
    assert row == {
        "id": 2,
        "product_id": lamp,
        "before": "499.00",
        "after": "1.00",
        "actor": "user:900",
        "correlation_id": "sale-of-diwali",
    }


def test_a_price_that_is_set_in_the_panel_is_a_row(
    shop: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = shop.product()
    form = {"name": "Lamp", "price": "7.00", "category": "__None"}

    Panel(app, monkeypatch).post("product/edit", lamp, **form)
    Panel(app, monkeypatch).post("product/new", **form)

    assert history(shop, lamp)[1:] == [("499.00", "7.00")]
    assert history(shop, lamp + 1) == [(None, "7.00")]


def test_a_refused_change_leaves_no_row(shop: Any) -> None:
    shop.product(sku="A")
    lamp = shop.product(sku="B")
    body = {"price": "1.00", "sku": "A"}

    answer = shop.call("PATCH", f"/products/{lamp}/", shop.staff, json=body)

    assert answer.status_code == 409
    assert history(shop, lamp) == [(None, "499.00")]


def test_a_price_that_was_never_recorded_is_recorded_with_the_next(shop: Any) -> None:
    lamp = shop.product(price="10.00")
    with shop.app.app_context():
        # As code of the release before sets it.
        db.session.get_one(Product, lamp).price = Decimal(11)
        db.session.commit()

    with shop.app.app_context():
        products = ProductManager(db.session, "repair")
        product = products.lock(lamp)
        products.change(product, {"price": product.price})
        db.session.commit()

    assert history(shop, lamp)[1:] == [("10.00", "11.00")]


def test_the_newest_row_has_the_price_of_each_seeded_product(app: Flask) -> None:
    app.test_cli_runner().invoke(args=["seed"])

    with app.app_context():
        prices = {row.id: row.price for row in db.session.scalars(select(Product))}
        rows = db.session.scalars(select(PriceChange).order_by(PriceChange.id))
        assert prices
        assert {row.product_id: row.after for row in rows} == prices
