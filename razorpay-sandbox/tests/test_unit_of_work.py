"""A unit of work: numbered rows, and how they are found."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from razorpay_sandbox.config import read_settings
from razorpay_sandbox.models import Base, Order, RefundKey
from razorpay_sandbox.testing import KEYS
from razorpay_sandbox.unit_of_work import UnitOfWork


@pytest.fixture
def work():
    """Return a unit of work on empty tables; foreign keys are not enforced."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield UnitOfWork(session, 1000.75, read_settings(KEYS), False)
    engine.dispose()


def an_order(name, created_at=0, **values):
    return Order(id=name, amount=100, currency="INR", created_at=created_at, **values)


def names(rows):
    return [row.id for row in rows]


def test_rows_are_numbered_in_the_order_of_their_insertion(work):
    orders = [work.add(an_order(name)) for name in "abc"]

    assert [order.number for order in orders] == [1, 2, 3]


def test_a_row_without_a_number_is_inserted_as_it_is(work):
    key = work.add(RefundKey(key="k", fingerprint="f", refund_id="rfnd_1"))

    assert work.find(RefundKey, key="k") is key


def test_an_added_row_is_found_in_the_same_unit_of_work(work):
    order = work.add(an_order("a", receipt="r"))

    assert work.find(Order, receipt="r") is order
    assert work.find(Order, id="a", receipt="r") is order
    assert work.find(Order, receipt="other") is None


def test_the_first_of_several_rows_is_found(work):
    first = work.add(an_order("a", receipt="r"))
    work.add(an_order("b", receipt="r"))

    assert work.find(Order, receipt="r") is first


def test_a_page_is_newest_first_even_within_one_second(work):
    for name in "abcd":
        work.add(an_order(name))

    assert names(work.page(Order, [], 2, 0)) == ["d", "c"]
    assert names(work.page(Order, [], 2, 2)) == ["b", "a"]
    assert names(work.page(Order, [], 2, 4)) == []


def test_a_page_holds_only_matching_rows(work):
    for number, name in enumerate("abcd"):
        work.add(an_order(name, created_at=number))

    conditions = [Order.created_at >= 1, Order.created_at <= 2]

    assert names(work.page(Order, conditions, 10, 0)) == ["c", "b"]


def test_the_time_of_a_unit_of_work_does_not_move(work):
    assert (work.now, work.time) == (1000, 1000.75)
