"""What the checks of the history hold against the books."""

import pytest

import order_svc
from chassis import clock
from devtools.testkit.plugin import SECRET
from order_svc.extensions import db
from order_svc.models import (
    Order,
    OrderItem,
    OrderState,
    StockCommand,
    StockCommandKind,
    StockCommandState,
)
from verification.faults.checks import h3, h4, h8, read
from verification.faults.history import FAIL, OK, History

LAMP = 144


@pytest.fixture
def books(make_app, tmp_path):
    """Return order-svc, and what reads its books: two lamps were in stock."""
    app = make_app(order_svc.create_app, SERVICE_CLIENT_SECRET=SECRET)
    url, history = app.extensions["test_database"], History(tmp_path / "history.jsonl")
    return app, lambda: read(url, history, {LAMP: 2})


def sell(app, quantity, state=OrderState.CONFIRMED, returned=0):
    with app.app_context():
        lines = [OrderItem(product_id=LAMP, quantity=quantity, price=499)]
        who = {"customer_name": "Asha", "customer_email": "asha@shop.example"}
        order = Order(user_id=1, state=state, items=lines, **who)
        db.session.add(order)
        db.session.flush()
        if returned:
            db.session.add(give_back(order.id, returned))
        db.session.commit()


def give_back(order_id, quantity):
    return StockCommand(
        order_id=order_id,
        kind=StockCommandKind.RESTOCK,
        state=StockCommandState.DONE,
        return_id=f"{order_id}:1",
        items=[{"product_id": LAMP, "quantity": quantity}],
        next_check_at=clock.now(),
    )


def test_more_than_there_was_is_oversold(books):
    app, facts = books
    sell(app, 2)
    sell(app, 1)

    assert h4(facts()) == [{"product_id": LAMP, "sold": 3, "stock": 2}]


def test_what_came_back_may_be_sold_once_more(books):
    app, facts = books
    sell(app, 2, returned=1)
    sell(app, 1)

    assert h4(facts()) == []


def test_goods_of_a_refunded_order_count_neither_as_sold_nor_as_returned(books):
    app, facts = books
    sell(app, 1, OrderState.REFUNDED, returned=1)
    sell(app, 3)

    assert h4(facts()) == [{"product_id": LAMP, "sold": 3, "stock": 2}]


def test_a_session_that_goes_on_after_a_reset_is_found(books):
    _, facts = books
    found = facts()
    found.history.note("bilal", "outlive", FAIL, status=401)

    assert h8(found) == []

    found.history.note("asha", "outlive", OK, status=200)
    assert [line["client"] for line in h8(found)] == ["asha"]


@pytest.mark.parametrize(
    "statuses",
    [
        ("pending", "success", "refunded"),  # refunded in the dashboard
        ("pending", "failed", "pending", "success"),  # a review after the deadline
        ("pending", "pending", "failed"),  # a review that was rejected
        ("refunding", "refunded"),  # the rest, after a dispute
    ],
)
def test_a_status_may_follow_from_what_the_provider_does(books, statuses):
    _, facts = books
    found = facts()
    for status in statuses:
        found.history.note("asha", "see", OK, order_id=1, status=status)

    assert h3(found) == []


def test_a_refunded_order_is_never_a_success_again(books):
    _, facts = books
    found = facts()
    for status in ("refunded", "success"):
        found.history.note("asha", "see", OK, order_id=1, status=status)

    assert [line["before"] for line in h3(found)] == ["refunded"]
