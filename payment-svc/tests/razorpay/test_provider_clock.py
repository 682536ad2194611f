"""Razorpay's clock is read from the Date headers of its answers."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from urllib3 import HTTPHeaderDict

from chassis import clock
from payment_svc.razorpay.provider_clock import ProviderClock


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch):
    """Hold our clock: the tests do not depend on the machine's speed."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


class Response:
    """A response with Date headers, some seconds from our time."""

    def __init__(self, *dates, took=0.1):
        self.elapsed = timedelta(seconds=took)
        self.raw = self
        self.headers = HTTPHeaderDict()
        for date in dates:
            self.headers.add("Date", date)


def date(seconds):
    moment = clock.now() + timedelta(seconds=seconds)
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("seconds", [61, -61, 3600])
def test_the_difference_is_added_to_our_clock(seconds):
    theirs = ProviderClock()

    theirs.observe(Response(date(seconds)))

    assert abs(theirs.skew.total_seconds() - seconds) <= 1.1
    found = (theirs.now() - clock.now()).total_seconds()
    assert abs(found - seconds) <= 1.2
    assert theirs.is_off


def test_the_newest_answer_counts():
    theirs = ProviderClock()

    theirs.observe(Response(date(61)))
    theirs.observe(Response(date(0)))

    assert theirs.skew == timedelta()
    assert not theirs.is_off


def test_a_difference_below_the_accuracy_is_none():
    theirs = ProviderClock()

    theirs.observe(Response(date(-6), took=8.0))

    assert theirs.skew == timedelta()


def test_up_to_half_a_minute_needs_nobody():
    theirs = ProviderClock()

    theirs.observe(Response(date(25)))

    assert theirs.skew
    assert not theirs.is_off


@pytest.mark.parametrize("dates", [(), ("soon",), ("Mon, 30 Nov 2026 01:00:00 -0000",)])
def test_an_answer_without_a_usable_date_changes_nothing(dates):
    theirs = ProviderClock()
    theirs.observe(Response(date(61)))

    theirs.observe(Response(*dates))

    assert theirs.skew > timedelta(seconds=59)


def test_of_two_dates_the_last_counts():
    theirs = ProviderClock()

    theirs.observe(Response(date(0), date(61)))

    assert theirs.is_off


@pytest.mark.parametrize("days", [-36500, -2, 2, 36500])
def test_a_date_that_is_days_away_is_reported_and_not_used(days):
    theirs = ProviderClock()

    theirs.observe(Response(date(days * 86400)))

    assert theirs.is_off
    assert abs(theirs.now() - clock.now()) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "garbage",
    [
        "Mon, 30 Nov 99999999999999999999 01:00:00 GMT",
        "Mon, 30 Nov 2026 01:00:00 +99999999999999999999",
        "Mon, 30 Nov 2026 01:00:00 +9999",
        "",
    ],
)
def test_a_date_that_no_calendar_has_ends_no_call(garbage):
    theirs = ProviderClock()

    theirs.observe(Response(garbage))

    assert theirs.skew == timedelta()
