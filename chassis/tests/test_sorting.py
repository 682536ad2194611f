"""One order of texts, as people sort, on SQLite and on PostgreSQL."""

import random

import pytest
from sqlalchemy import Integer, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from tiny import db

from chassis.db import AuditModel, database
from chassis.sorting import LONGEST, order_of, sort_key, sort_key_of
from devtools.testkit.names import IN_ORDER

own = database()


class Name(AuditModel, own.Model):
    __tablename__ = "sorted_names"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_sort_key: Mapped[str] = sort_key_of("name")
    code: Mapped[str | None] = mapped_column(String(20))


@pytest.fixture
def session(own_app):
    with own_app.app_context(), Session(db.engine) as session:
        Name.metadata.create_all(db.engine)
        yield session


def listed(session, *order):
    statement = select(Name.name).order_by(*order, Name.id)
    return session.scalars(statement).all()


def test_names_are_sorted_as_people_sort(session):
    names = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    session.add_all([Name(name=name) for name in names[::2]])
    session.flush()
    rows = [{"name": name} for name in names[1::2]]
    session.execute(insert(Name.__table__), rows)

    assert listed(session, Name.name_sort_key) == IN_ORDER
    assert listed(session, Name.name_sort_key.desc()) == IN_ORDER[::-1]


def test_names_that_are_alike_are_sorted_by_id(session):
    alike = ["CAFÉ", "cafe", "Café", "  cafe"]
    for name in alike:
        session.add(Name(name=name))
        session.flush()

    assert listed(session, order_of(Name.__table__.c.name)) == alike


def test_the_key_follows_a_change_of_the_name(session):
    row = Name(name="zebra")
    session.add_all([row, Name(name="m")])
    session.flush()
    row.name = "Äpfel"
    session.flush()
    row.code = "1"
    session.flush()

    assert row.name_sort_key == "apfel"
    assert listed(session, Name.name_sort_key) == ["Äpfel", "m"]


def test_codes_are_sorted_without_the_case_of_ascii_letters(session):
    codes = ["b", "A", "é", "B", None, "C", "a-1", "Z"]
    for code in codes:
        session.add(Name(name=str(code), code=code))
        session.flush()

    found = listed(session, order_of(Name.__table__.c.code).nulls_first())

    assert found == ["None", "A", "a-1", "b", "B", "C", "Z", "é"]


@pytest.mark.parametrize(
    "text", ["ﷺ" * 100, "1" * 100, "1 " * 50, "😀" * 100, "", "٣" * 9]
)
def test_a_key_is_never_too_long(text):
    assert len(sort_key(text)) <= LONGEST


def test_digits_of_every_script_are_numbers():
    assert sort_key("Pan \u0663") == sort_key("pan 3") == sort_key("PAN 003")
