"""A healthy shop's four databases, and copies of them without constraints."""

import uuid
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
import requests
from audit.scene import Scene
from audit.story import SECRET, Shop, play
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    MetaData,
    UniqueConstraint,
    create_engine,
    insert,
    select,
)

import order_svc
import payment_svc
import product_svc
import razorpay_sandbox.testing
import user_svc
from devtools.testkit.plugin import dispose

APPS = {
    "user-svc": user_svc.create_app,
    "product-svc": product_svc.create_app,
    "order-svc": order_svc.create_app,
    "payment-svc": payment_svc.create_app,
}
RULES = (CheckConstraint, ForeignKeyConstraint, UniqueConstraint)


def environ(sandbox):
    """Return what the four services are started with."""
    return {
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "SIGNING_KEY_SECRET": SECRET,
        "SERVICE_CLIENTS": "[]",
        "SERVICE_CLIENT_SECRET": SECRET,
        "RAZORPAY_KEY_ID": sandbox.key_id,
        "RAZORPAY_KEY_SECRET": sandbox.key_secret,
        "RAZORPAY_WEBHOOK_SECRET": sandbox.webhook_secret,
        "RAZORPAY_BASE_URL": sandbox.url,
    }


@pytest.fixture(scope="session")
def healthy(databases, tmp_path_factory):
    """Return a shop to which everything happened once: urls, ids, ledger, sandbox."""
    folder = tmp_path_factory.mktemp("audit")
    apps, urls = {}, {}
    with razorpay_sandbox.testing.serve(folder) as sandbox, ExitStack() as stack:
        for service, create_app in APPS.items():
            settings = environ(sandbox)
            urls[service] = databases.new(create_app, settings)
            stack.callback(databases.drop, urls[service])
            apps[service] = create_app({**settings, "DATABASE_URL": urls[service]})
            stack.callback(dispose, apps[service])
        shop = Shop(apps, sandbox)
        ids = play(shop)
        found = requests.get(f"{sandbox.url}/control/ledger/", timeout=10).json()
        names = {"user": shop.user, "gone": shop.gone, "lamp": shop.lamp}
        yield SimpleNamespace(
            urls=urls,
            apps=apps,
            ledger=found,
            ids={**ids, **names},
            sandbox=sandbox,
        )


def without_rules(metadata):
    """Copy tables without the constraints that keep a violation out."""
    bare = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(bare)
    for table in bare.tables.values():
        rules = {one for one in table.constraints if isinstance(one, RULES)}
        table.constraints -= rules
        table.indexes.clear()
    return bare


def copied(source, target, metadata):
    """Make the tables in `target`, without rules, and fill them from `source`."""
    bare = without_rules(metadata)
    bare.create_all(target)
    with source.connect() as old, target.begin() as new:
        for name, table in metadata.tables.items():
            if rows := [dict(row._mapping) for row in old.execute(select(table))]:
                new.execute(insert(bare.tables[name]), rows)


@pytest.fixture(scope="session")
def engines(healthy, databases, tmp_path_factory):
    """Return engines on copies of the healthy databases without constraints."""
    folder = tmp_path_factory.mktemp("bare")
    with ExitStack() as stack:
        found = {}
        for service, app in healthy.apps.items():
            url = f"sqlite:///{folder / service}.db"
            if databases.server:
                name = f"t{uuid.uuid4().hex}"
                databases.admin(f'CREATE DATABASE "{name}"')
                url = databases._address(name)
                stack.callback(databases.drop, url)
            found[service] = create_engine(url)
            stack.callback(found[service].dispose)
            source = create_engine(healthy.urls[service])
            copied(source, found[service], app.extensions["sqlalchemy"].metadata)
            source.dispose()
        yield found


@pytest.fixture
def scene(healthy, engines):
    """Return the healthy shop to spoil; every change is rolled back after the test."""
    with ExitStack() as stack:
        connections = {}
        for service, engine in engines.items():
            connections[service] = stack.enter_context(engine.connect())
            stack.callback(connections[service].rollback)
        yield Scene(connections, healthy)
