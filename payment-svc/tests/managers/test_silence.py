"""When the silence of webhooks is an alarm."""

from datetime import timedelta

import pytest

from chassis import clock
from payment_svc.managers.silence import unreported_capture
from payment_svc.models import PaymentHistory, PaymentState, WebhookEvent

HALF_HOUR = timedelta(minutes=30)


def ago(minutes):
    return clock.now() - timedelta(minutes=minutes)


@pytest.fixture
def is_silent(session, a_payment):
    """Return `is_silent(captures, webhooks)`: given the minutes since each."""

    def judge(captures, webhooks, trigger="capture_seen"):
        payment = a_payment(PaymentState.CAPTURED)
        history = {"payment_id": payment.id, "to_state": "captured", "actor": "worker"}
        for minutes in captures:
            moment = {"created_at": ago(minutes), "trigger": trigger}
            session.add(PaymentHistory(**history, **moment))
        for n, minutes in enumerate(webhooks):
            row = WebhookEvent(sha256=str(n), body=b"", created_at=ago(minutes))
            session.add(row)
        session.flush()
        return unreported_capture(session, HALF_HOUR) is not None

    return judge


@pytest.mark.parametrize(
    ("captures", "webhooks", "expected"),
    [
        ([], [], False),
        ([31], [], True),
        ([29], [], False),  # a webhook may still come
        ([31], [100], True),
        ([31], [30], False),  # a webhook came since
        ([40], [45], False),  # a webhook led to the capture
        ([40], [69], False),
        ([40], [71], True),
        ([300, 40], [301], True),
        ([300, 40, 5], [71], True),
        ([25 * 60], [], False),  # too old
    ],
)
def test_a_capture_without_webhooks_around_it_is_an_alarm(
    is_silent, captures, webhooks, expected
):
    assert is_silent(captures, webhooks) is expected


@pytest.mark.parametrize("trigger", ["mismatch_seen", "second_capture_seen"])
def test_every_kind_of_capture_counts(is_silent, trigger):
    assert is_silent([40], [], trigger)


def test_what_is_no_capture_raises_no_alarm(is_silent):
    assert not is_silent([40], [], "link_created")
