"""Migrations make the tables of the models, and go down again."""

import flask_migrate
from flask import Flask
from sqlalchemy import inspect

from product_svc.extensions import db


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()

        assert tables() == set(db.metadata.tables)


def test_the_migrations_go_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        assert tables() == set()

        flask_migrate.upgrade()
        assert tables() == set(db.metadata.tables)
