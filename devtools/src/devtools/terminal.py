"""The console that all commands print on."""

import signal
import sys

from rich.console import Console

from chassis import output

WIDE = 120


def console() -> Console:
    """Return a console; where there is no terminal, wide enough for addresses."""
    output.spell()
    found = Console(highlight=False)
    if found.is_terminal:
        return found
    return Console(highlight=False, width=max(found.width, WIDE))


def end_on_sigterm() -> None:
    """Exit with an exception on SIGTERM, so that servers are stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
