"""A connection that died is replaced; nothing that was sent is sent twice."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import bindparam, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from tiny import Thing, db

from chassis import connections, reads
from chassis.connections import Connector
from chassis.db import allow_writes

THING = select(Thing.__table__.c.name).where(Thing.__table__.c.id == bindparam("id"))
KILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = :name AND pid <> pg_backend_pid()"
)


@pytest.fixture
def kill(own_app, databases):
    """Return a function that ends the server's processes of all our connections."""
    if not databases.server:
        pytest.skip("SQLite has no server")
    engine = create_engine(databases.server, isolation_level="AUTOCOMMIT")

    def kill_all():
        with own_app.app_context():
            name = db.engine.url.database
        with engine.connect() as connection:
            connection.execute(KILL, {"name": name})

    yield kill_all
    engine.dispose()


@pytest.fixture
def client(own_app, tokens):
    client = own_app.test_client()
    body = {"name": "a", "price": "1"}
    assert client.post("/things/", json=body, headers=tokens.user()).status_code == 201
    return client


def count(app):
    with app.app_context():
        return db.session.scalar(select(func.count(Thing.id)))


def test_reads_and_writes_begin_again_on_a_new_connection(
    kill, own_app, client, tokens
):
    for _ in range(2):
        kill()
        assert client.get("/things/").status_code == 200
        kill()
        body = {"name": "b", "price": "1"}
        answer = client.post("/things/", json=body, headers=tokens.user())
        assert answer.status_code == 201
        kill()
        with own_app.app_context():
            assert reads.first(THING, id=1).name == "a"

    assert count(own_app) == 3


def test_a_view_that_reads_runs_again_when_its_connection_dies(kill, own_app):
    runs = []

    @own_app.get("/reads/")
    def read():
        runs.append(db.session.scalar(select(1)))
        if len(runs) == 1:
            kill()
        return {"name": db.session.scalar(select(func.count(Thing.id)))}

    answer = own_app.test_client().get("/reads/")

    assert (answer.status_code, runs) == (200, [1, 1])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_write_that_was_sent_does_not_run_again(kill, own_app, method):
    runs = []

    @own_app.route("/writes/", methods=[method])
    def write():
        allow_writes()
        runs.append(1)
        db.session.add(Thing(name="b", price=Decimal(1)))
        db.session.flush()
        kill()
        db.session.commit()
        return {}

    answer = own_app.test_client().open("/writes/", method=method)

    assert (answer.status_code, runs, count(own_app)) == (503, [1], 0)


class Refused(Exception): ...


class Server:
    """A dialect whose server refuses some connections."""

    loaded_dbapi = SimpleNamespace(OperationalError=Refused)

    def __init__(self, refusals):
        self.refusals = refusals

    def connect(self):
        if self.refusals:
            self.refusals -= 1
            raise Refused
        return SimpleNamespace(autocommit=False)


@pytest.fixture
def waits(monkeypatch):
    """Let the clock move by the waits alone; return them."""
    passed = []
    clock = SimpleNamespace(monotonic=lambda: sum(passed), sleep=passed.append)
    monkeypatch.setattr(connections, "time", clock)
    return passed


def test_a_server_that_restarts_is_waited_for(waits):
    connection = Connector().connect(Server(3), None, (), {})

    assert connection.autocommit
    assert waits == [connections.PAUSE] * 3


def test_a_server_that_stays_away_is_waited_for_once(waits):
    connector, server = Connector(), Server(10**6)
    for _ in range(2):
        with pytest.raises(Refused):
            connector.connect(server, None, (), {})
        assert sum(waits) == pytest.approx(connections.PATIENCE, abs=0.1)

    server.refusals = 0
    connector.connect(server, None, (), {})
    server.refusals = 1
    connector.connect(server, None, (), {})
    assert waits[-1] == connections.PAUSE
    assert sum(waits) == pytest.approx(connections.PATIENCE, abs=0.2)


def test_only_a_dead_connection_begins_again(own_app):
    wrong = pytest.raises(DBAPIError, match="syntax")
    with own_app.app_context(), db.engine.connect() as connection, wrong:
        connections.begin(connection, "BEGIN NOTHING OF THE KIND")
