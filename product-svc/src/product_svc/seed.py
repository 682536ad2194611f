"""`flask seed`: a catalogue worth looking at, put there by the managers."""

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
Shelf = dict[str, Any]  # name, description, products, categories below it


def catalogue() -> Iterator[Shelf]:
    """Yield the top categories, each a file of `data/`."""
    for path in sorted(DATA.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def load(shelf: Shelf, parent_id: int | None = None) -> tuple[int, int]:
    """Load a category and those below it; return how many products, how many new.

    What is there by its name or sku stays as it is.
    """
    category_id = _category(shelf, parent_id)
    products = shelf.get("products", [])
    counts = [(1, int(_add(product, category_id))) for product in products]
    counts += [load(below, category_id) for below in shelf.get("categories", [])]
    return sum(all_ for all_, _ in counts), sum(new for _, new in counts)


def _category(shelf: Shelf, parent_id: int | None) -> int:
    manager = CategoryManager(db.session)
    fields = {name: shelf[name] for name in ("name", "description")}
    found = manager.find(shelf["name"])
    category = found or manager.create({**fields, "parent_id": parent_id})
    return category.id


def _add(product: dict[str, Any], category_id: int) -> bool:
    manager = ProductManager(db.session, "seed")
    if manager.knows(product["sku"]):
        return False
    price = Decimal(product["price"])
    manager.create({**product, "price": price, "category_id": category_id})
    return True


@click.command("seed")
@with_appcontext
def command() -> None:
    """Fill the catalogue; a second run changes nothing."""
    for shelf in catalogue():
        products, new = load(shelf)
        db.session.commit()
        click.echo(f"{shelf['name']}: {products} products, {new} new")


def init_app(app: Flask) -> None:
    """Give the app `flask seed`."""
    app.cli.add_command(command)
