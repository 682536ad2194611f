"""Hot reads: one statement each, without a transaction."""

from decimal import Decimal

import pytest
from sqlalchemy import bindparam, event, select
from tiny import Thing, db

from chassis import reads

T = Thing.__table__.c
THINGS = select(T.id, T.name, T.price).order_by(T.id)
THING = THINGS.where(T.id == bindparam("id"))


@pytest.fixture
def things(app):
    with app.app_context():
        db.session.add_all([Thing(name=name, price=Decimal(1)) for name in "ab"])
        db.session.commit()
        yield


@pytest.mark.usefixtures("things")
def test_rows_have_the_types_of_their_columns():
    rows = reads.every(THINGS)

    assert [tuple(row) for row in rows] == [
        (1, "a", Decimal("1.00")),
        (2, "b", Decimal("1.00")),
    ]
    assert reads.first(THING, id=2).name == "b"
    assert reads.first(THING, id=3) is None


@pytest.mark.usefixtures("things")
def test_a_read_is_one_statement_outside_a_transaction(own_app):
    sent = []
    with own_app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *given: sent.append(given[2])
        )
        reads.first(THING, id=1)
        db.session.execute(THING, {"id": 1})

    assert [statement.split()[0] for statement in sent] == ["SELECT", "BEGIN", "SELECT"]


@pytest.mark.usefixtures("things")
def test_a_read_sees_what_is_committed_alone(app):
    assert reads.first(THING, id=3) is None
    db.session.add(Thing(name="c", price=Decimal(1)))
    db.session.flush()
    assert reads.first(THING, id=3) is None
    db.session.commit()

    assert reads.first(THING, id=3).name == "c"
