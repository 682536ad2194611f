"""`flask seed`: creates the demonstration catalogue through the managers."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from product_svc.extensions import db
from product_svc.managers import CategoryManager, ProductManager

DATA = Path(__file__).parent / "data"
CategoryData = dict[str, Any]  # name, description, products, categories


def catalogue() -> Iterator[CategoryData]:
    """Yield the top categories, one for each file of `data/`."""
    for path in sorted(DATA.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


class Loader:
    """Creates categories and products; existing names and SKUs stay as they are."""

    def __init__(self) -> None:
        self.categories = CategoryManager(db.session)
        self.products = ProductManager(db.session, "seed")

    def load(
        self, category: CategoryData, parent_id: int | None = None
    ) -> tuple[int, int]:
        """Load a category and its subtree; return how many products, how many new."""
        category_id = self._category(category, parent_id)
        products = category.get("products", [])
        counts = [(1, int(self._add(product, category_id))) for product in products]
        children = category.get("categories", [])
        counts += [self.load(child, category_id) for child in children]
        return sum(all_ for all_, _ in counts), sum(new for _, new in counts)

    def _category(self, category: CategoryData, parent_id: int | None) -> int:
        found = self.categories.find(category["name"])
        if found is not None:
            return found.id
        fields = {name: category[name] for name in ("name", "description")}
        return self.categories.create({**fields, "parent_id": parent_id}).id

    def _add(self, product: dict[str, Any], category_id: int) -> bool:
        if self.products.has_sku(product["sku"]):
            return False
        price = Decimal(product["price"])
        self.products.create({**product, "price": price, "category_id": category_id})
        return True


@click.command("seed")
@with_appcontext
def command() -> None:
    """Create the catalogue; a second run changes nothing."""
    loader = Loader()
    for category in catalogue():
        products, new = loader.load(category)
        db.session.commit()
        click.echo(f"{category['name']}: {products} products, {new} new")


def init_app(app: Flask) -> None:
    """Add the command `flask seed`."""
    app.cli.add_command(command)
