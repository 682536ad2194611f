"""The windows and the retention of runs."""

from datetime import UTC, datetime, timedelta

import pytest

from payment_svc.models import DriftKind, ReconciliationRun
from payment_svc.models.reconciliation import REPAIRS

SINCE = datetime(2026, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "last"),
    [
        (timedelta(hours=5), timedelta(hours=5)),
        (timedelta(days=3), timedelta(days=1, seconds=-1)),
    ],
)
def test_a_window_is_a_day_and_ends_with_the_period(length, last):
    run = ReconciliationRun(window_since=SINCE, until=SINCE + length)

    assert run.window_until == SINCE + last


def test_what_no_poll_can_explain_waits_for_a_person():
    assert set(DriftKind) - set(REPAIRS) == {
        DriftKind.NOT_CAPTURED,
        DriftKind.CAPTURED_AMOUNT,
        DriftKind.REFUND_AMOUNT,
        DriftKind.REFUND_ENDED,
        DriftKind.NOT_OURS,
        DriftKind.NOT_AT_RAZORPAY,
        DriftKind.UNREADABLE,
        DriftKind.INCOMPLETE_LIST,
    }
