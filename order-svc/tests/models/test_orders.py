"""What an order shows of itself, and what its tables refuse."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select

from chassis import clock
from order_svc.extensions import db
from order_svc.models import (
    HistoryKind,
    Order,
    OrderHistory,
    OrderItem,
    OrderState,
    OrderStatus,
)

CENT = Decimal("0.01")


def an_item(order: Order, **values: Any) -> OrderItem:
    return OrderItem(order_id=order.id, **{"product_id": 1, "quantity": 2, **values})


def test_a_new_order_is_placed_pending_and_free(order: Order) -> None:
    assert (order.state, order.status) == (OrderState.PLACED, OrderStatus.PENDING)
    assert (order.version, order.attempts, order.currency) == (1, 0, "INR")
    assert order.total_price == order.refunded_amount == Decimal("0.00")
    assert order.correlation_id


def test_the_status_for_people_of_a_successful_order_is_completed(
    an_order: Any,
) -> None:
    assert an_order(status="success").status_display == "Completed"
    assert an_order(status="refunding").status_display == "Refunding"


def test_the_lines_are_the_quantities_by_product(order: Order) -> None:
    db.session.add_all([an_item(order), an_item(order, product_id=3, quantity=5)])
    db.session.flush()
    db.session.refresh(order)

    assert order.lines == {1: 2, 3: 5}


def test_an_order_without_a_payment_shows_none(an_order: Any) -> None:
    assert an_order(state="awaiting_payment").payment is None


@pytest.mark.parametrize("state", OrderState)
def test_the_link_is_shown_only_while_the_order_awaits_payment(
    an_order: Any, state: OrderState
) -> None:
    ends, url = clock.now(), "https://rzp.example/l/1"
    link = {"short_url": url, "link_expires_at": ends}

    payment = an_order(state=state, payment_status="pending", **link).payment

    shown = url if state is OrderState.AWAITING_PAYMENT else None
    assert payment == {"status": "pending", "short_url": shown, "expires_at": ends}


@pytest.mark.usefixtures("order")
def test_the_database_refuses_a_wrong_order(an_order: Any, is_refused: Any) -> None:
    assert not is_refused(an_order())
    assert is_refused(an_order(state="lost"))
    assert is_refused(an_order(status="lost"))
    assert is_refused(an_order(total_price=-CENT))
    assert is_refused(an_order(refunded_amount=-CENT))


def test_the_database_refuses_a_wrong_line(order: Order, is_refused: Any) -> None:
    assert not is_refused(an_item(order))
    assert is_refused(an_item(order, product_id=2, quantity=0))
    assert is_refused(an_item(order, product_id=2, price=-CENT))


def test_a_product_has_one_line_in_an_order(order: Order, is_refused: Any) -> None:
    assert not is_refused(an_item(order))
    assert is_refused(an_item(order))


def test_lines_and_timeline_go_with_their_order(order: Order) -> None:
    what = {"service": "order-svc", "kind": HistoryKind.STATE, "name": "place"}
    db.session.add_all([an_item(order), OrderHistory(order_id=order.id, **what)])
    db.session.flush()

    db.session.execute(delete(Order).where(Order.id == order.id))

    assert db.session.scalars(select(OrderItem.id)).all() == []
    assert db.session.scalars(select(OrderHistory.id)).all() == []
