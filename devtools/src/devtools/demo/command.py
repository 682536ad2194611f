"""`make demo`: buys, cancels and lets expire in a running shop, and checks it all."""

import time
from collections.abc import Callable
from functools import partial

import requests
from rich.console import Console
from rich.markup import escape

from devtools import targets
from devtools.demo import timeline
from devtools.demo.client import Client, NotHeld
from devtools.demo.steps import STEPS, Story
from devtools.terminal import console

LIMIT = 30.0


def tell() -> int:
    """Play every step; return 0 when all held, else 1."""
    out, started = console(), time.monotonic()
    story = Story(Client(targets.chosen()))
    try:
        for title, step in STEPS.items():
            _play(out, title, partial(step, story))
        _play(out, "Follow one id through", partial(timeline.show, out, story))
        _check_time(time.monotonic() - started)
    except (NotHeld, requests.RequestException) as wrong:
        out.print(f"[bold red]It did not hold:[/] {escape(_reason(wrong, story))}")
        return 1
    seconds = time.monotonic() - started
    out.print(f"[bold green]All of it held[/], in {seconds:.1f} s.")
    return 0


def _play(out: Console, title: str, step: Callable[[], str]) -> None:
    """Play a step and print its line: mark, time, title, what was seen."""
    started = time.monotonic()
    mark, seen = "[red]✗[/]", ""
    try:
        seen = step()
        mark = "[green]✓[/]"
    finally:
        seconds = f"{time.monotonic() - started:5.2f} s"
        line = f"{mark} [dim]{seconds}[/]  {title:<26} {escape(seen)}"
        out.print(line, soft_wrap=True)


def _check_time(seconds: float) -> None:
    if seconds > LIMIT:
        raise NotHeld(f"it took {seconds:.0f} s, more than {LIMIT:.0f} s")


def _reason(wrong: Exception, story: Story) -> str:
    if isinstance(wrong, requests.ConnectionError):
        url = wrong.request.url if wrong.request else "its address"
        start = story.client.target.start
        return f"nothing answers at {url}. Is the shop running? {start} starts it."
    return str(wrong)
