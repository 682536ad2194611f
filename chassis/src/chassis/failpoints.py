"""Named places where a process can be made to die, to prove that nothing is lost.

`CRASH_AT=outbox.after_send:2` kills the process at its second passing of that place.
"""

import itertools
import os
import signal

from chassis import logging

_name, _, _nth = os.environ.get("CRASH_AT", "").partition(":")
_passings = itertools.count(1)  # of that name alone, by all threads


def failpoint(name: str) -> None:
    """Die here as in a power cut, when the environment says so."""
    if name == _name and next(_passings) == int(_nth):
        logging.get().critical("crash point", point=name, nth=int(_nth))
        os.kill(os.getpid(), signal.SIGKILL)
