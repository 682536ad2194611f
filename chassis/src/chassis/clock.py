"""The clock of every process: the system's time, shifted by CLOCK_FILE in tests."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """Return the current time, aware and in UTC.

    In tests, `CLOCK_FILE` names a file with one signed integer: the seconds that are
    added to the time. The file is read at each call, so that the clock of all processes
    moves at once.
    """
    return datetime.now(UTC) + _shift()


def _shift() -> timedelta:
    path = os.environ.get("CLOCK_FILE")
    if not path:
        return timedelta()
    try:
        return timedelta(seconds=int(Path(path).read_text()))
    except (FileNotFoundError, ValueError):  # not written yet, or half written
        return timedelta()
