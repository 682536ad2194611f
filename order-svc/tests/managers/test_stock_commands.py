"""Stock commands: recorded answers, and what they restocked."""

from typing import Any

import pytest

from order_svc.extensions import db
from order_svc.managers.stock_commands import (
    add_stock_command,
    record_stock_command,
    restocked,
)
from order_svc.models import StockCommand, StockCommandKind, StockCommandState

LINE = {"product_id": 1, "quantity": 2}


@pytest.fixture
def order(shop: Any) -> Any:
    found = shop.placed()
    with shop.app.app_context():
        yield found


def restock(order: int, number: int) -> int:
    add_stock_command(
        db.session,
        order,
        StockCommandKind.RESTOCK,
        return_id=f"refund-{number}",
        items=[LINE],
    )
    db.session.flush()
    return int(
        db.session.query(StockCommand).filter_by(return_id=f"refund-{number}").one().id
    )


def test_a_new_command_is_pending_and_due(order: int) -> None:
    command = db.session.get_one(StockCommand, restock(order, 1))

    assert command.state == StockCommandState.PENDING
    assert command.next_check_at is not None


@pytest.mark.parametrize("state", [StockCommandState.DONE, StockCommandState.REFUSED])
def test_an_answered_command_is_not_due_any_more(
    order: int, state: StockCommandState
) -> None:
    command_id = restock(order, 1)

    record_stock_command(db.session, command_id, state, "2" * 200)

    command = db.session.get_one(StockCommand, command_id)
    assert (command.state, command.next_check_at) == (state, None)
    assert command.answer == "2" * 100


def test_restocks_count_until_they_are_refused(order: int) -> None:
    first, _second = restock(order, 1), restock(order, 2)
    add_stock_command(db.session, order, StockCommandKind.RELEASE)
    assert restocked(db.session, order) == {1: 4}

    record_stock_command(db.session, first, StockCommandState.REFUSED, "409")

    assert restocked(db.session, order) == {1: 2}
