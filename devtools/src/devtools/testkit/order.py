"""The order of test files on parallel workers.

A slow file that starts last leaves the other workers idle. pytest-xdist itself starts
with the files that have the most tests, and slow files have few.
"""

from collections import Counter

import pytest
from xdist.scheduler import LoadFileScheduling

# Files that take long for their number of tests, the slowest first.
SLOW = (
    "verification/model/tests/test_design.py",
    "verification/model/tests/test_mutations.py",
    "tests/deploy/test_backup.py",
    "devtools/tests/audit/",
    "tests/test_saga.py",
    "tests/test_contracts.py",
    "verification/mutants/tests/test_mutants.py",
    "tests/deploy/test_production.py",
    "chassis/tests/test_migrations.py",
)
# Folders whose files share a fixture of the session that takes long.
SHARED = ("devtools/tests/audit/",)


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Keeps the order of the collection, and gives a SHARED folder to one worker."""

    def schedule(self) -> None:
        """Distribute the files, or give more to the workers."""
        self.config.option.loadscopereorder = False
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        path = file_of(nodeid)
        return next((folder for folder in SHARED if path.startswith(folder)), path)


def file_of(nodeid: str) -> str:
    """Return the file of a test."""
    return nodeid.partition("::")[0]


def sort(items: list[pytest.Item]) -> None:
    """Put slow files first, then those with the most tests; a file's order stays."""
    counts = Counter(file_of(item.nodeid) for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        path = file_of(item.nodeid)
        slow = (n for n, start in enumerate(SLOW) if path.startswith(start))
        return next(slow, len(SLOW)), -counts[path]

    items.sort(key=place)
