"""`make demo`: a purchase, a cancellation and an expiry in a running shop."""

import time
from collections.abc import Callable
from functools import partial

import requests
from rich.console import Console
from rich.markup import escape

from devtools import targets
from devtools.demo import timeline
from devtools.demo.client import Client, DemoFailed
from devtools.demo.steps import STEPS, Demo
from devtools.terminal import console

LIMIT = 30.0


def run() -> int:
    """Run every step; return 0 when all succeed, else 1."""
    out, started = console(), time.monotonic()
    demo = Demo(Client(targets.chosen()))
    try:
        for title, step in STEPS.items():
            _run_step(out, title, partial(step, demo))
        _run_step(out, "Follow one correlation id", partial(timeline.show, out, demo))
        _check_time(time.monotonic() - started)
    except (DemoFailed, requests.RequestException) as wrong:
        out.print(f"[bold red]The demo failed:[/] {escape(_reason(wrong, demo))}")
        return 1
    seconds = time.monotonic() - started
    out.print(f"[bold green]All steps succeeded[/] in {seconds:.1f} s.")
    return 0


def _run_step(out: Console, title: str, step: Callable[[], str]) -> None:
    """Run a step and print its line: mark, time, title, result."""
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
        raise DemoFailed(f"it took {seconds:.0f} s, more than {LIMIT:.0f} s")


def _reason(wrong: Exception, demo: Demo) -> str:
    if isinstance(wrong, requests.ConnectionError):
        url = wrong.request.url if wrong.request else "its address"
        start = demo.client.target.start
        return f"nothing answers at {url}. Is the shop running? {start} starts it."
    return str(wrong)
