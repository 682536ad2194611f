"""Failpoints: named places where a test kills the process.

Tests use them to check that no data is lost.

`CRASH_AT=outbox.after_send:2` kills the process at the second visit.
"""

import itertools
import os
import signal

from chassis import logging

_name, _, _nth = os.environ.get("CRASH_AT", "").partition(":")
_passings = itertools.count(1)  # of the named failpoint only, by all threads


def failpoint(name: str) -> None:
    """Kill the process as in a power cut, if CRASH_AT names this failpoint."""
    if name == _name and next(_passings) == int(_nth):
        logging.get().critical("failpoint reached", point=name, nth=int(_nth))
        os.kill(os.getpid(), signal.SIGKILL)
