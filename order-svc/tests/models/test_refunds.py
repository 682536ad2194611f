"""What a refund shows of itself, and what its table refuses."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from order_svc.extensions import db
from order_svc.models import (
    Order,
    OrderRefund,
    RefundReason,
    RefundState,
    RefundStatus,
)


@pytest.fixture
def a_refund(order: Order) -> Callable[..., OrderRefund]:
    """Return `a_refund(**values)`: a refund of one order, not inserted yet."""
    usual = {"payment_id": 501, "reason": "staff", "amount": Decimal("1.00")}
    return lambda **values: OrderRefund(order_id=order.id, **{**usual, **values})


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RefundState.REQUESTED, RefundStatus.PENDING),
        (RefundState.PROCESSED, RefundStatus.PROCESSED),
        (RefundState.FAILED, RefundStatus.FAILED),
    ],
)
def test_clients_see_the_status_of_the_state(state: str, status: str) -> None:
    assert OrderRefund(state=state).status == status


def test_a_new_refund_is_the_first_requested_by_the_saga(a_refund: Any) -> None:
    row = a_refund()
    db.session.add(row)
    db.session.flush()

    assert (row.state, row.n, row.actor) == (RefundState.REQUESTED, 1, "saga")
    assert (row.refund_id, row.attempts) == (None, 0)


def test_a_payment_has_one_refund_for_each_reason_and_number(
    a_refund: Any, is_refused: Any
) -> None:
    others = ({"n": 2}, {"reason": RefundReason.DIRECT}, {"payment_id": 502})

    assert not is_refused(a_refund(), *(a_refund(**other) for other in others))
    assert is_refused(a_refund())


def test_a_refund_of_payment_svc_is_stored_once(a_refund: Any, is_refused: Any) -> None:
    assert not is_refused(a_refund(refund_id=9001), a_refund(n=2, refund_id=9002))
    assert is_refused(a_refund(n=3, refund_id=9001))


def test_the_database_refuses_a_wrong_refund(a_refund: Any, is_refused: Any) -> None:
    assert is_refused(a_refund(amount=Decimal("0.00")))
    assert is_refused(a_refund(amount=Decimal("-1.00")))
    assert is_refused(a_refund(reason="mood"))
    assert is_refused(a_refund(state="lost"))
