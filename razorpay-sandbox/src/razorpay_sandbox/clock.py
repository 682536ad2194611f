"""The sandbox's clock, which tests can shift."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clock:
    """The system clock plus an offset in seconds, read from a file at each call."""

    file: Path | None = None

    def time(self) -> float:
        """Return the current time in Unix seconds."""
        return time.time() + self._shift()

    def now(self) -> int:
        """Return the current time in whole Unix seconds."""
        return int(self.time())

    def _shift(self) -> int:
        if self.file is None:
            return 0
        try:
            return int(self.file.read_text())
        except (FileNotFoundError, ValueError):  # missing or partly written
            return 0
