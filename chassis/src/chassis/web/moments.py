"""Moments: all of RFC 3339 is read."""

import re
from datetime import UTC, datetime, timedelta

_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})"
    r"(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
LONGEST = 64


def read(text: str) -> datetime:
    """Return a moment in UTC, to the microsecond, or raise ValueError.

    A leap second, which `datetime` does not have, is read as the second after it.
    """
    found = _RFC3339.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError("Not a moment of RFC 3339.")
    day, minute, second, fraction, zone = found.groups()
    is_leap = second == "60"
    seconds = "59" if is_leap else f"{second}{(fraction or '')[:7]}"
    try:
        written = f"{day}T{minute}:{seconds}{zone.upper()}"
        moment = datetime.fromisoformat(written).astimezone(UTC)
        return _after_leap(moment) if is_leap else moment
    except OverflowError:
        raise ValueError("Not a moment that can be stored.") from None


def _after_leap(last: datetime) -> datetime:
    """Return the second after a leap second, which only ends a month of UTC."""
    following = last + timedelta(seconds=1)
    if following.day != 1 or following.time() != datetime.min.time():
        raise ValueError("Leap seconds are inserted at the end of a month only.")
    return following
