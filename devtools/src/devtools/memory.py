"""A folder in memory, for databases that need not survive the machine."""

import os
import shutil
from pathlib import Path

SHARED = Path("/dev/shm")  # noqa: S108  # Linux keeps it in memory
NEEDED = 2 << 30  # bytes; containers often have 64 MiB


def folder() -> Path | None:
    """Return a folder in memory with room for test databases, or None without one.

    A commit on a disk waits for the disk: half of the time of a test.
    """
    is_usable = SHARED.is_dir() and os.access(SHARED, os.W_OK)
    return SHARED if is_usable and shutil.disk_usage(SHARED).free >= NEEDED else None
