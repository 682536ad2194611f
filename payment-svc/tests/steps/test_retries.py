"""Pauses after a call without a definite answer."""

import pytest

from chassis import clock
from chassis.outcomes import Refused, Unknown
from payment_svc.extensions import db
from payment_svc.models import Payment
from payment_svc.steps import Context
from payment_svc.steps.retries import retry_later


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
