"""When a shop is at rest."""

import subprocess
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from order_svc.extensions import db as orders
from payment_svc.extensions import db as payments
from payment_svc.models import Dispute, Payment, PaymentState
from verification.faults import drain
from verification.faults.drain import LAST_POLL, LAST_POLLS, under_way

DUE = "payment-svc: due polls of closed links"


class NoQueue:
    """A queue that has died: nothing waits in it."""

    class exceptions:
        QueueDoesNotExist = LookupError

    def get_queue_url(self, **_):
        raise LookupError


@pytest.fixture
def shop(tmp_path):
    urls = {
        name: f"sqlite:///{tmp_path / name}.db" for name in ("order-svc", "payment-svc")
    }
    for db, url in zip((orders, payments), urls.values(), strict=True):
        engine = create_engine(url)
        db.metadata.create_all(engine)
        engine.dispose()
    return SimpleNamespace(urls=urls, shift=0, sqs=NoQueue)


def close_link(shop, look_in):
    add_payment(shop, PaymentState.CLOSED, look_in)


def add_payment(shop, state, look_in):
    engine = create_engine(shop.urls["payment-svc"])
    now = datetime.now(UTC)
    with Session(engine) as session:
        session.add(
            Payment(
                order_id="1",
                amount="499.00",
                status="CANCELLED",
                receipt="order-1",
                state=state,
                razorpay_payment_id="pay_1",
                next_check_at=now + look_in,
                state_since=now,
            )
        )
        session.commit()
    engine.dispose()


def add_dispute(shop, look_in, **more):
    engine = create_engine(shop.urls["payment-svc"])
    with Session(engine) as session:
        due = datetime.now(UTC) + look_in
        row = Dispute(razorpay_dispute_id="disp_1", next_check_at=due, **more)
        session.add(row)
        session.commit()
    engine.dispose()


def test_a_shop_with_nothing_in_it_is_at_rest(shop):
    assert under_way(shop) == {}


def test_a_due_poll_of_a_closed_link_keeps_a_shop_from_rest(shop):
    close_link(shop, timedelta(seconds=-1))

    assert list(under_way(shop)) == [DUE]


def test_the_poll_in_an_hour_is_due_when_the_clock_was_moved(shop):
    close_link(shop, timedelta(hours=1))

    assert under_way(shop) == {}
    shop.shift = 3700
    assert list(under_way(shop)) == [DUE]


def test_a_due_poll_of_a_capture_may_find_a_refund(shop):
    add_payment(shop, PaymentState.CAPTURED, timedelta(hours=1))
    settled = {"payment-svc: captures not settled"}

    assert set(under_way(shop)) == settled
    shop.shift = LAST_POLL
    assert set(under_way(shop)) == settled | {"payment-svc: due polls of captures"}


def test_a_payment_under_review_waits_for_an_admin(shop):
    add_payment(shop, PaymentState.UNDER_REVIEW, timedelta(hours=1))

    assert list(under_way(shop)) == ["payment-svc: payments under review"]


def test_a_dispute_is_fetched_before_the_shop_is_at_rest(shop):
    add_dispute(shop, timedelta(seconds=-1))

    assert list(under_way(shop)) == ["payment-svc: due fetches of disputes"]


def test_a_dispute_that_was_fetched_keeps_no_shop_from_rest(shop):
    add_dispute(shop, timedelta(hours=1), status="open")

    assert under_way(shop) == {}


@pytest.fixture
def moved(monkeypatch):
    """Return a shop at rest, and the seconds by which its clock was moved."""
    monkeypatch.setattr(drain, "_until_quiet", lambda *_: None)
    moves = []
    stack = SimpleNamespace(
        provider=SimpleNamespace(has_undelivered_disputes=lambda: False),
        shift_clock=moves.append,
        loses_webhooks=False,
        reconcile=lambda: 0,
    )
    return stack, moves


def test_the_clock_moves_to_the_next_polls_until_every_refund_is_known(moved):
    stack, moves = moved

    drain.drain(stack, lambda: None, lambda: len(moves) == 3)

    assert moves == [LAST_POLL] * 3


def test_a_refund_that_is_never_found_ends_the_drain(moved):
    stack, moves = moved

    drain.drain(stack, lambda: None, lambda: False)

    assert moves == [LAST_POLL] * LAST_POLLS


def test_the_webhooks_of_disputes_are_awaited_after_the_clock_has_moved(moved):
    stack, moves = moved
    asked = []
    stack.provider.has_undelivered_disputes = lambda: (
        asked.append(len(moves)) or len(asked) < 3
    )

    drain.drain(stack, lambda: None)

    assert asked == [1, 1, 1]


def test_webhooks_that_are_lost_are_not_awaited(moved):
    stack, moves = moved
    stack.loses_webhooks = True
    stack.provider.has_undelivered_disputes = lambda: pytest.fail("awaited")

    drain.drain(stack, lambda: None)

    assert moves == [LAST_POLL]


def test_without_webhooks_the_lists_are_compared_and_the_shop_comes_to_rest_again(
    moved, monkeypatch
):
    stack, moves = moved
    seen = []
    stack.loses_webhooks = True
    stack.reconcile = lambda: seen.append(("reconcile", len(moves))) or 1
    monkeypatch.setattr(
        drain, "_until_quiet", lambda *_: seen.append(("quiet", len(moves)))
    )

    drain.drain(stack, lambda: None)

    assert seen == [("quiet", 0), ("quiet", 1), ("reconcile", 1), ("quiet", 1)]


@pytest.mark.parametrize("code", [2, -9])
def test_a_comparison_that_fails_is_reported(moved, code):
    stack, _ = moved
    stack.loses_webhooks, stack.reconcile = True, lambda: code

    with pytest.raises(drain.Stuck, match=f"exit code {code}"):
        drain.drain(stack, lambda: None)


def test_a_comparison_without_end_is_reported(moved):
    def late():
        raise subprocess.TimeoutExpired("flask", 120)

    stack, _ = moved
    stack.loses_webhooks, stack.reconcile = True, late

    with pytest.raises(drain.Stuck, match="timed out"):
        drain.drain(stack, lambda: None)


def test_where_webhooks_arrive_nothing_is_left_for_the_lists(moved):
    stack, _ = moved
    stack.reconcile = lambda: pytest.fail("compared")

    drain.drain(stack, lambda: None)
