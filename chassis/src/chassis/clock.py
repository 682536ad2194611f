"""One clock for every process: the system's, shifted by CLOCK_FILE in tests."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """Return the present moment, aware and in UTC.

    `CLOCK_FILE`, in tests alone, names a file that holds one signed integer: the
    seconds by which the clock of every process that reads it is moved. It is read at
    each use, so that time moves for all of them at once.
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
