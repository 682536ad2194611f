"""The seeded catalogue: rich, booked, and put there once."""

from typing import Any

import pytest
from sqlalchemy import func, select

from product_svc.extensions import db
from product_svc.models import Category, Product, StockMovement


@pytest.fixture
def seeded(shop: Any) -> Any:
    result = shop.app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0, result.output
    return shop


def snapshot() -> list[Any]:
    tables = (Category.__table__, Product.__table__, StockMovement.__table__)
    return [tuple(row) for t in tables for row in db.session.execute(select(t))]


def test_the_catalogue_is_worth_looking_at(seeded: Any) -> None:
    with seeded.app.app_context():
        tops = select(func.count()).where(Category.parent_id.is_(None))
        below = select(func.count()).where(Category.parent_id.is_not(None))
        products = db.session.scalars(select(Product)).all()

        assert db.session.scalar(tops) >= 8
        assert db.session.scalar(below) >= 8
    assert len(products) >= 120
    assert len({product.name for product in products}) == len(products)
    assert len({product.description for product in products}) == len(products)
    assert all(len(product.description or "") > 30 for product in products)
    assert all(product.sku and product.category_id for product in products)
    assert len({product.price for product in products}) > 60
    assert any(product.stock_quantity == 0 for product in products)


def test_the_stock_of_the_catalogue_is_in_the_ledger(seeded: Any) -> None:
    seeded.check_books()
    with seeded.app.app_context():
        in_stock = select(func.count()).where(Product.stock_quantity > 0)
        lines = select(func.count()).select_from(StockMovement)

        assert db.session.scalar(lines) == db.session.scalar(in_stock)


def test_a_second_run_changes_nothing(seeded: Any) -> None:
    with seeded.app.app_context():
        before = snapshot()
        result = seeded.app.test_cli_runner().invoke(args=["seed"])
        db.session.rollback()

        assert snapshot() == before
    lines = result.output.splitlines()
    assert len(lines) == 10
    assert all(line.endswith(" 0 new") for line in lines)


def test_what_staff_has_changed_stays_changed(seeded: Any) -> None:
    product = seeded.call("GET", "/products/?limit=1").json["data"][0]["id"]
    path = f"/products/{product}/"
    seeded.call("PATCH", path, seeded.staff, json={"name": "Renamed"})

    seeded.app.test_cli_runner().invoke(args=["seed"])

    assert seeded.call("GET", path).json["name"] == "Renamed"


def test_a_search_of_the_catalogue_finds_names_before_descriptions(seeded: Any) -> None:
    found = seeded.call("GET", "/products/?q=brass&limit=100").json["data"]

    in_name = ["brass" in product["name"].lower() for product in found]
    assert in_name == sorted(in_name, reverse=True)
    assert 2 <= sum(in_name) < len(in_name)
