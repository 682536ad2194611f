"""Prints how many pods are ready while another command waits for them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console

from devtools.kind import kubectl

PAUSE = 2.0
PODS = "app.kubernetes.io/part-of=shop,app.kubernetes.io/component in (api,worker)"


@contextmanager
def shown(out: Console) -> Iterator[None]:
    """Print how many of the shop's pods are ready, whenever that changes."""
    end = threading.Event()
    thread = threading.Thread(target=_watch, args=(out, end), daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _watch(out: Console, end: threading.Event) -> None:
    last = ""
    while not end.wait(PAUSE):
        try:
            pods = kubectl.get("pods", f"--selector={PODS}")
        except click.ClickException:
            continue
        if (text := count(pods["items"])) != last:
            out.print(f"  [dim]{text}[/]")
            last = text


def count(pods: list[dict[str, Any]]) -> str:
    """Return how many pods are ready."""
    return f"{sum(map(is_ready, pods))} of {len(pods)} pods are ready"


def is_ready(pod: dict[str, Any]) -> bool:
    """Return whether a pod takes requests."""
    conditions = pod["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
