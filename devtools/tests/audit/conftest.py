"""A healthy shop's four databases and ledger, and ways to spoil them."""

import copy
import uuid
from contextlib import ExitStack
from datetime import timedelta
from types import SimpleNamespace

import pytest
import requests
from audit.story import SECRET, Shop, tell
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    MetaData,
    UniqueConstraint,
    create_engine,
    delete,
    insert,
    select,
    update,
)

import order_svc
import payment_svc
import product_svc
import razorpay_sandbox.testing
import user_svc
from chassis import clock
from shop.audit import judge
from shop.audit.books import Books
from shop.audit.reading import read
from shop.testing import dispose

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
        ids = tell(shop)
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
    """Return engines on copies of the healthy databases that take anything."""
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


class Scene:
    """The healthy shop, to be spoiled; nothing of it lasts."""

    def __init__(self, connections, healthy):
        self.connections = connections
        self.ledger = copy.deepcopy(healthy.ledger)
        self.ids = healthy.ids
        self.now = clock.now()

    def __getattr__(self, name):
        return self.ids[name]

    def do(self, model, statement):
        """Run a statement in the database of a model's service."""
        service = model.__module__.partition(".")[0].replace("_", "-")
        self.connections[service].execute(statement)

    def change(self, model, where=None, **values):
        """Change the rows of a model for which `where` columns are equal."""
        table = model.__table__
        self.do(model, update(table).filter_by(**(where or {})).values(**values))

    def drop(self, model, **where):
        """Delete rows of a model."""
        self.do(model, delete(model.__table__).filter_by(**where))

    def again(self, model, where, **values):
        """Write the first of the rows found once more, with other `values`."""
        table = model.__table__
        service = model.__module__.partition(".")[0].replace("_", "-")
        found = select(table).filter_by(**where).limit(1)
        row = self.connections[service].execute(found).one()
        self.do(model, insert(table).values({**row._mapping, **values}))

    def of(self, kind, **where):
        """Return the first entity of the ledger that is so."""
        return next(
            row
            for row in self.ledger[kind]
            if all(row[name] == value for name, value in where.items())
        )

    def link(self, order_id):
        """Return the ledger's link of an order."""
        rows = self.ledger["links"]
        return next(row for row in rows if row["notes"]["order_id"] == str(order_id))

    def capture(self, order_id):
        """Return the ledger's first payment of an order."""
        return self.of("payments", plink_id=self.link(order_id)["id"])

    def verdicts(self, *, drained=True, slack=0.0, queue_was_lost=False):
        """Judge what is there now, by invariant id."""
        books = Books(
            **read(self.connections),
            ledger=self.ledger,
            now=self.now,
            slack=timedelta(seconds=slack),
            drained=drained,
            queue_was_lost=queue_was_lost,
        )
        return {verdict.id: verdict for verdict in judge(books)}

    def violated(self, **how):
        """Return `{invariant id: offending rows}`."""
        found = self.verdicts(**how)
        return {id_: verdict.rows for id_, verdict in found.items() if verdict.rows}


@pytest.fixture
def scene(healthy, engines):
    """Return the healthy shop to spoil; it is whole again for the next test."""
    with ExitStack() as stack:
        connections = {}
        for service, engine in engines.items():
            connections[service] = stack.enter_context(engine.connect())
            stack.callback(connections[service].rollback)
        yield Scene(connections, healthy)
