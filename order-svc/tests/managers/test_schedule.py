"""When an order is due next, by its state and the saga's times."""

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from order_svc.config import Times
from order_svc.managers.schedule import CHECKS, deadline, next_check
from order_svc.models import Order, OrderState

TIMES = Times()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(pass_seconds: Any) -> Any:
    pass_seconds(0)
    return clock.now()


def order(state: OrderState, placed_at: Any, **columns: Any) -> Order:
    return Order(state=state, created_at=placed_at, **columns)


def seconds(due: Any, now: Any) -> float:
    return float(round((due - now).total_seconds()))


@pytest.mark.parametrize("state", sorted(set(OrderState) - CHECKS.keys()))
def test_an_order_with_nothing_left_to_do_is_never_due(state: OrderState) -> None:
    assert next_check(order(state, clock.now()), TIMES) is None


@pytest.mark.parametrize(
    ("state", "pause"),
    [
        (OrderState.PLACED, 30),
        (OrderState.AWAITING_PAYMENT, 60),
        (OrderState.EXPIRING, 60),
        (OrderState.CANCELLING, 60),
        (OrderState.PAID, 0),
    ],
)
def test_a_new_order_is_due_after_the_pause_of_its_state(
    now: Any, state: OrderState, pause: int
) -> None:
    due = next_check(order(state, now), TIMES)

    assert seconds(due, now) == pause


@pytest.mark.parametrize(
    "state",
    [OrderState.UNDER_REVIEW, OrderState.EXPIRED, OrderState.CANCELLED],
)
@pytest.mark.parametrize(
    ("age", "pause"), [(0, 60), (59, 60), (600, 600), (3600, 3600), (10**6, 3600)]
)
def test_the_result_of_a_review_is_asked_for_with_growing_pauses(
    now: Any, state: OrderState, age: int, pause: int
) -> None:
    since = now - timedelta(seconds=age)
    reviewed = order(state, since, review_since=since)

    assert seconds(next_check(reviewed, TIMES), now) == pause


def test_a_cancelling_order_under_review_is_not_due_each_minute(now: Any) -> None:
    since = now - 20 * MINUTE
    reviewed = order(OrderState.CANCELLING, since, review_since=since)

    assert seconds(next_check(reviewed, TIMES), now) == 1200


def test_an_order_under_review_is_due_when_its_hold_ends(now: Any) -> None:
    since = now - 60 * MINUTE
    hold = {"review_since": since, "held_until": now + MINUTE}

    assert next_check(order(OrderState.UNDER_REVIEW, since, **hold), TIMES) == (
        now + MINUTE
    )
    expired = order(OrderState.EXPIRED, since, **hold)
    assert seconds(next_check(expired, TIMES), now) == 3600


def test_an_ended_order_without_a_review_is_never_due(now: Any) -> None:
    for state in (OrderState.EXPIRED, OrderState.CANCELLED):
        assert next_check(order(state, now), TIMES) is None


def test_an_order_with_a_link_is_due_at_its_deadline(now: Any) -> None:
    link = {"short_url": "https://rzp.example/l/1", "link_expires_at": now + MINUTE}
    waiting = order(OrderState.AWAITING_PAYMENT, now, **link)

    assert next_check(waiting, TIMES) == deadline(waiting, TIMES) == now + 2 * MINUTE


def test_an_order_without_a_link_is_due_no_later_than_its_deadline(now: Any) -> None:
    waiting = order(OrderState.AWAITING_PAYMENT, now - 15.5 * MINUTE)

    assert next_check(waiting, TIMES) == deadline(waiting, TIMES) == now + MINUTE / 2
