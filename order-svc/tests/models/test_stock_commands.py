"""Which commands are kept, and what their table refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chassis import clock
from order_svc.extensions import db
from order_svc.models import Order, StockCommand, StockCommandKind, StockCommandState


@pytest.fixture
def a_command(order: Order) -> Callable[..., StockCommand]:
    """Return `a_command(**values)`: a command of one order, not inserted yet."""
    usual = {"kind": StockCommandKind.RELEASE}
    return lambda **values: StockCommand(order_id=order.id, **{**usual, **values})


def expired() -> list[str]:
    found = select(StockCommand.return_id).where(StockCommand.expired())
    return sorted(db.session.scalars(found))


def test_a_new_command_is_pending_with_the_correlation_id(a_command: Any) -> None:
    row = a_command()
    db.session.add(row)
    db.session.flush()

    assert (row.state, row.attempts) == (StockCommandState.PENDING, 0)
    assert row.correlation_id


def test_only_old_answered_releases_are_expired(app: Flask, a_command: Any) -> None:
    days = app.extensions["settings"].owed_days
    for age, when in ((days + 1, "old"), (days - 1, "young")):
        moment = clock.now() - timedelta(days=age)
        for kind in StockCommandKind:
            for state in StockCommandState:
                name = f"{when} {kind} {state}"
                db.session.add(
                    a_command(kind=kind, state=state, return_id=name, updated_at=moment)
                )
    db.session.flush()

    assert expired() == [
        "old prolong done",
        "old prolong refused",
        "old release done",
        "old release refused",
        "old release_final done",
        "old release_final refused",
    ]


def test_returned_goods_are_restocked_once(a_command: Any, is_refused: Any) -> None:
    one, other = (
        a_command(kind=StockCommandKind.RESTOCK, return_id=name)
        for name in ("refund-1", "refund-2")
    )

    assert not is_refused(one, other)
    assert is_refused(a_command(kind=StockCommandKind.RESTOCK, return_id="refund-1"))


def test_the_database_refuses_a_wrong_command(a_command: Any, is_refused: Any) -> None:
    assert is_refused(a_command(kind="burn"))
    assert is_refused(a_command(state="lost"))
