"""A healthy shop's databases and ledger, and ways to change them."""

import copy
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from chassis import clock
from devtools.audit import judge
from devtools.audit.books import Books
from devtools.audit.reading import read


class Scene:
    """The healthy shop, to be changed; every change is rolled back."""

    def __init__(self, connections, healthy):
        self.connections = connections
        self.ledger = copy.deepcopy(healthy.ledger)
        self.ids = healthy.ids
        self.now = clock.now()

    def __getattr__(self, name):
        return self.ids[name]

    def do(self, model, statement):
        """Run a statement in the database of a model's service; return the result."""
        service = model.__module__.partition(".")[0].replace("_", "-")
        return self.connections[service].execute(statement)

    def change(self, model, where=None, **values):
        """Change the rows of a model for which `where` columns are equal."""
        table = model.__table__
        self.do(model, update(table).filter_by(**(where or {})).values(**values))

    def drop(self, model, **where):
        """Delete rows of a model."""
        self.do(model, delete(model.__table__).filter_by(**where))

    def first(self, model, **where):
        """Return the first row of a model for which `where` columns are equal."""
        return self.do(model, select(model.__table__).filter_by(**where)).first()

    def again(self, model, where, **values):
        """Insert a copy of the first row found, with other `values`."""
        self.add(model, **{**self.first(model, **where)._mapping, **values})

    def add(self, model, **values):
        """Insert a row of a model."""
        self.do(model, insert(model.__table__).values(values))

    def of(self, kind, **where):
        """Return the first entity of the ledger with these values."""
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
