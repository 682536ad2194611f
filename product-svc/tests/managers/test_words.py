"""The index follows every change of the catalogue."""

from typing import Any

import pytest
from sqlalchemy import select

from product_svc.extensions import db
from product_svc.models import Category, Product, ProductText, ProductWord, WordPart
from product_svc.search import entries


def check(shop: Any) -> None:
    """Compare the index with the catalogue."""
    with shop.app.app_context():
        rows = db.session.execute(select(Category.id, Category.name))
        names = {row.id: row.name for row in rows}
        for row in db.session.scalars(select(Product)):
            category = names.get(row.category_id)
            source = entries.Source(row.name, row.description, row.sku, category)
            stored = select(ProductWord.word, ProductWord.weight)
            found = db.session.execute(stored.filter_by(product_id=row.id)).all()
            assert dict(map(tuple, found)) == entries.weights(source)
            text = db.session.get_one(ProductText, row.id)
            assert text.words == entries.text(source)
            parts = select(WordPart.kind, WordPart.part)
            for word in entries.weights(source):
                known = db.session.execute(parts.filter_by(word=word)).all()
                assert set(map(tuple, known)) == entries.parts(word)


@pytest.fixture
def pans(shop: Any) -> dict[str, int]:
    """Create a category, and products that have its word elsewhere, too."""
    pans = shop.category(name="Iron pans")
    rows = {
        "plain": {"name": "Kadai"},
        "named": {"name": "Iron kadai", "description": "Not a pan."},
        "described": {"name": "Tawa", "description": "An iron pan of steel."},
        "coded": {"name": "Uruli", "sku": "PAN-STEEL"},
    }
    made = {key: shop.product(category_id=pans, **row) for key, row in rows.items()}
    return {"pans": pans, **made}


def test_new_products_are_in_the_index(shop: Any, pans: dict[str, int]) -> None:
    check(shop)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Steel wok"},
        {"description": "Iron, iron, iron"},
        {"description": None},
        {"sku": "X-99"},
        {"category_id": None},
        {"price": "5"},
    ],
)
def test_a_changed_product_is_in_the_index(
    shop: Any, pans: dict[str, int], fields: dict[str, Any]
) -> None:
    for key in ("plain", "described"):
        path = f"/products/{pans[key]}/"
        answer = shop.call("PATCH", path, shop.staff, json=fields)
        assert answer.status_code == 200
        fields = {k: v for k, v in fields.items() if k != "sku"} or {"name": "y"}

    check(shop)


@pytest.mark.parametrize("name", ["Steel pans", "Kadais", "iron PANS", "Tawa", "☕"])
def test_a_renamed_category_is_in_the_index(
    shop: Any, pans: dict[str, int], name: str
) -> None:
    path = f"/products/categories/{pans['pans']}/"

    answer = shop.call("PATCH", path, shop.staff, json={"name": name})

    assert answer.status_code == 200
    check(shop)


def test_a_deleted_category_is_not_in_the_index(
    shop: Any, pans: dict[str, int]
) -> None:
    shop.call("DELETE", f"/products/categories/{pans['pans']}/", shop.staff)

    check(shop)


def test_a_refused_change_leaves_the_index_as_it_was(
    shop: Any, pans: dict[str, int]
) -> None:
    body = {"name": "Wok", "sku": "PAN-STEEL"}
    path = f"/products/{pans['plain']}/"

    answer = shop.call("PATCH", path, shop.staff, json=body)

    assert answer.status_code == 409
    check(shop)
