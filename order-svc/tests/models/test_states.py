"""Every state has a status that clients see."""

from order_svc.models import (
    REFUND_STATUSES,
    STATES,
    STATUSES,
    OrderState,
    OrderStatus,
    RefundState,
    RefundStatus,
    display,
)


def test_every_state_has_a_status_and_every_status_a_state() -> None:
    assert set(STATUSES) == set(OrderState)
    assert set(STATUSES.values()) == set(OrderStatus)
    assert set(REFUND_STATUSES) == set(RefundState)
    assert set(REFUND_STATUSES.values()) == set(RefundStatus)


def test_no_row_yet_is_a_state() -> None:
    assert (None, *OrderState) == STATES


def test_success_is_shown_as_completed() -> None:
    assert display(OrderStatus.SUCCESS) == "Completed"
    assert display(OrderStatus.REFUNDING) == "Refunding"
