"""The history of the clients: one JSON line for each operation, in order.

`ok` took effect, `fail` did not, `info` is unknown: no answer, or no definite one.
"""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

OK, FAIL, INFO = "ok", "fail", "info"


class History:
    """The operations of one run, in the order in which they were recorded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.began = time.monotonic()

    def note(self, client: str, does: str, outcome: str, **facts: Any) -> None:
        """Record the outcome of a client's operation."""
        at = round(time.monotonic() - self.began, 3)
        line = {"at": at, "client": client, "does": does, "outcome": outcome, **facts}
        with self.lock:
            self.lines.append(line)

    def of(self, does: str) -> list[dict[str, Any]]:
        """Return the lines of one operation."""
        return [line for line in self.lines if line["does"] == does]

    def counts(self) -> Counter[str]:
        """Return the number of operations by outcome."""
        return Counter(line["outcome"] for line in self.lines)

    def save(self) -> None:
        """Write all lines to the file."""
        text = "".join(json.dumps(line, default=str) + "\n" for line in self.lines)
        self.path.write_text(text)
