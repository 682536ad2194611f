"""Pauses after a call without a definite answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.outcomes import Refused, Unknown
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.models import Payment, Refund
from payment_svc.steps import Context
from payment_svc.steps.retries import retry_later, retry_refused


@pytest.fixture
def pause(shop):
    """Return `pause(answer, attempts)`: the seconds until the payment is due again."""

    def measure(answer, attempts=1, next_check_at=None):
        row = shop.row("issued", attempts=attempts, next_check_at=next_check_at)
        with shop.app.app_context():
            before = clock.now()
            retry_later(Context(), Payment, row, answer)
            due = db.session.get_one(Payment, row).next_check_at
        return (due - before).total_seconds()

    return measure


def test_pauses_double_up_to_the_longest_with_jitter(pause):
    assert 0.5 <= pause(Unknown("lost")) < 2
    assert 4 <= pause(Unknown("lost"), attempts=4) < 9
    assert 30 <= pause(Unknown("lost"), attempts=40) < 61


def test_a_pause_is_at_least_as_long_as_razorpay_wants(pause):
    assert 90 <= pause(Unknown("HTTP 429", retry_after=90)) < 91


def test_a_refused_question_is_retried_like_one_without_an_answer(pause):
    assert 0.5 <= pause(Refused("no such link")) < 2


def test_a_poll_that_was_requested_meanwhile_stays_due(pause):
    assert pause(Unknown("lost"), next_check_at=clock.now()) <= 0


def test_the_longest_pause_of_a_refused_refund_is_a_setting_of_its_own(
    shop, monkeypatch
):
    order = shop.captured()
    shop.refund(order, "99.00")
    [refund] = shop.refunds(order)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)

    with shop.app.app_context():
        db.session.get_one(Refund, refund.id).attempts = 40
        db.session.get_one(Refund, refund.id).next_check_at = None
        db.session.commit()
        settings = replace(
            Settings.current(), retry_most_seconds=5.0, refund_retry_most_seconds=20.0
        )
        retry_refused(Context(settings=settings), refund.id, Refused("no"))

    [refund] = shop.refunds(order)
    assert timedelta(seconds=10) <= refund.next_check_at - now
    assert refund.next_check_at - now <= timedelta(seconds=20)
