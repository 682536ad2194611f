"""`flask rebuild-words`: writes the index of the text search again."""

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import func, select

from product_svc.extensions import db
from product_svc.managers import WordManager
from product_svc.models import Product

AT_ONCE = 500


@click.command("rebuild-words")
@with_appcontext
def rebuild_words() -> None:
    """Write the words of all products again, while the shop is running.

    Each transaction locks five hundred products. A second run changes nothing.
    """
    total = db.session.scalar(select(func.count()).select_from(Product)) or 0
    done = changed = last = 0
    while ids := _lock_after(last):
        changed += WordManager(db.session).index(ids)
        db.session.commit()
        done, last = done + len(ids), ids[-1]
        click.echo(f"{done} of {total} products, {changed} changed")


def _lock_after(last: int) -> list[int]:
    """Lock the next products, as a change of theirs does; return their ids."""
    statement = select(Product.id).where(Product.id > last).order_by(Product.id)
    locked = statement.limit(AT_ONCE).with_for_update(key_share=True)
    return list(db.session.scalars(locked))


def init_app(app: Flask) -> None:
    """Add the command `flask rebuild-words`."""
    app.cli.add_command(rebuild_words)
