"""Attempts are counted, and a lock doubles with each failure."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from chassis.errors import TooManyRequests
from user_svc.extensions import db
from user_svc.managers import GuessManager, Limits, Subject

ONE, OTHER = Subject("one", 3), Subject("other", 5)
LIMITS = Limits(30, 100)


def count(*subjects: Subject) -> bool | str:
    """Count a failure; return whether it locks anew, or the seconds to wait."""
    try:
        locks = GuessManager(db.session, LIMITS).count(subjects)
    except TooManyRequests as refused:
        db.session.rollback()
        return refused.headers["Retry-After"]
    db.session.commit()
    return locks


@pytest.mark.parametrize(
    ("failures", "seconds"), [(2, None), (3, 30), (4, 60), (5, 100), (10**6, 100)]
)
def test_a_lock_doubles_up_to_the_longest(failures: int, seconds: int | None) -> None:
    lock = LIMITS.lock(failures, 3)

    assert lock == (timedelta(seconds=seconds) if seconds else None)


def test_failures_lock_a_subject_for_longer_and_longer(
    app: Flask, hold_clock: Callable[[int], None]
) -> None:
    with app.app_context():
        assert [count(ONE) for _ in range(4)] == [False, False, True, "30"]
        hold_clock(30)
        assert [count(ONE), count(ONE)] == [False, "60"]
        hold_clock(90)
        assert [count(ONE), count(ONE)] == [False, "100"]


def test_a_refused_attempt_is_not_counted(
    app: Flask, hold_clock: Callable[[int], None]
) -> None:
    with app.app_context():
        assert [count(ONE) for _ in range(9)][3:] == ["30"] * 6
        assert count(ONE, OTHER) == "30"
        hold_clock(30)
        assert count(ONE, OTHER) is False  # the first failure of the other


def test_failures_are_forgotten_after_a_day(
    app: Flask, hold_clock: Callable[[int], None]
) -> None:
    with app.app_context():
        assert [count(ONE), count(ONE)] == [False, False]
        hold_clock(24 * 3600 + 1)
        assert [count(ONE), count(ONE), count(ONE)] == [False, False, True]


def test_an_attempt_that_is_taken_back_locks_nobody(app: Flask) -> None:
    with app.app_context():
        guesses = GuessManager(db.session, LIMITS)
        for _ in range(6):
            guesses.count([ONE, OTHER])
            guesses.take_back([ONE, OTHER])
            db.session.commit()
        assert [count(ONE), count(ONE), count(ONE), count(ONE)][2:] == [True, "30"]


def test_simultaneous_attempts_cannot_exceed_the_limit(
    app: Flask, together: Callable[..., list[Any]]
) -> None:
    def attempt(_: int) -> bool | str:
        with app.app_context():
            return count(ONE)

    answers = together(8, attempt)

    assert [answer for answer in answers if isinstance(answer, bool)].count(False) == 2
    assert sorted(map(str, answers))[-3:] == ["False", "False", "True"]
