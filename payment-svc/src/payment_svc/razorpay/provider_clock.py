"""Razorpay's clock, as the Date headers of its answers show it."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from chassis import clock

ROUNDING = 1.0  # second: the header has whole seconds
MOST_SKEW = timedelta(seconds=30)
MOST_USED = timedelta(days=1)  # a larger difference is an error of the header


class ProviderClock:
    """The difference between Razorpay's clock and ours, from the newest answer.

    Razorpay judges the expiry time of a link by its own clock.
    """

    def __init__(self) -> None:
        self.skew = timedelta()
        self.is_known = False  # before the first answer

    def now(self) -> datetime:
        """Return the current time of Razorpay's clock; ours for an absurd header."""
        is_usable = abs(self.skew) <= MOST_USED
        return clock.now() + (self.skew if is_usable else timedelta())

    @property
    def is_off(self) -> bool:
        """Return whether the clocks differ so much that ours must be set."""
        return abs(self.skew) > MOST_SKEW

    def observe(self, response: requests.Response, *_: Any, **__: Any) -> None:
        """Compare the clocks; a difference below the accuracy counts as none."""
        theirs = _date(response)
        if theirs is None:
            return
        self.is_known = True
        ours = clock.now() - response.elapsed / 2
        skew = theirs - ours
        accuracy = timedelta(seconds=ROUNDING) + response.elapsed
        self.skew = skew if abs(skew) > accuracy else timedelta()


def _date(response: requests.Response) -> datetime | None:
    """Return the last Date header with a time zone: a proxy may have added another."""
    try:
        found = parsedate_to_datetime(response.raw.headers.getlist("Date")[-1])
    except (IndexError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else None
