"""The sandbox's clock, which tests can shift."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Clock:
    """The system clock, shifted by `shift` seconds and by those in a file.

    The file is read at each call.
    """

    file: Path | None = None
    shift: int = 0

    @property
    def is_shifted(self) -> bool:
        """Return whether the clock differs, or may differ, from the system's."""
        return self.file is not None or self.shift != 0

    def time(self) -> float:
        """Return the current time in Unix seconds."""
        return time.time() + self.shift + self._from_file()

    def now(self) -> int:
        """Return the current time in whole Unix seconds."""
        return int(self.time())

    def _from_file(self) -> int:
        if self.file is None:
            return 0
        try:
            return int(self.file.read_text())
        except (FileNotFoundError, ValueError):  # missing or partly written
            return 0
