"""The sandbox's clock, which tests may move."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clock:
    """The system's clock plus the seconds that a file holds, read at each use."""

    file: Path | None = None

    def time(self) -> float:
        """Return the present moment in Unix seconds."""
        return time.time() + self._shift()

    def now(self) -> int:
        """Return the present moment in whole Unix seconds."""
        return int(self.time())

    def _shift(self) -> int:
        if self.file is None:
            return 0
        try:
            return int(self.file.read_text())
        except (FileNotFoundError, ValueError):  # not written yet, or half written
            return 0
