"""The outbox of mails: retries, and giving up."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis import worker


@pytest.fixture
def away(make_users: Any, password_hash: str, shop: Any) -> Any:
    """Return a shop whose mail server does not answer."""
    app = make_users(SMTP_URL="smtp://127.0.0.1:1")
    return type(shop)(app, password_hash)


def test_a_failed_mail_is_retried_with_growing_pauses(
    away: Any, hold_clock: Callable[[int], None], mail_row: Any
) -> None:
    person = away.person(email_verified=True)
    away.ask_reset(person.email)
    tries = []
    for seconds in (0, 29, 30, 89, 90, 209, 210):
        hold_clock(seconds)
        worker.drain(away.app)
        tries.append(mail_row(away.app).attempts)

    assert tries == [1, 1, 2, 2, 3, 3, 4]
    assert mail_row(away.app).done_at is None


def test_a_mail_that_cannot_be_sent_is_given_up_and_loses_its_address(
    away: Any,
    pass_seconds: Callable[[int], None],
    mail_row: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = away.person(email_verified=True)
    away.ask_reset(person.email)
    worker.drain(away.app)
    tries = mail_row(away.app).attempts
    pass_seconds(601)

    worker.drain(away.app)

    found = mail_row(away.app)
    assert (found.attempts, found.done_at, found.email) == (tries, None, None)
    assert "mails given up" in caplog.text
