"""The worker process: scheduled jobs, each in a thread of its own.

`flask worker` runs the service's jobs and the loops that the chassis adds. SIGTERM and
SIGINT let each loop finish the work in hand; all loops end within 10 s.
"""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask, current_app

from chassis import leases, logging, retention

BUSY = 2.0  # seconds after its last work in which a worker does not count as idle
IDLE_PAUSE = 0.5  # seconds between two polls of a loop while the worker is idle


@dataclass(frozen=True)
class Job:
    """Work that is repeated: `run` returns how many things it did.

    After 0 the loop pauses for `every` seconds, and longer while the worker is idle.
    `drain` is what `worker.drain` calls for a loop of the chassis; a loop without it is
    not drained.
    """

    run: Callable[[], int]
    every: float
    drain: Callable[[], int] | None = None


@dataclass(frozen=True)
class Work:
    """What a service's worker runs: the service's jobs and the chassis' loops."""

    jobs: Mapping[str, Job]
    loops: dict[str, Job]


def init_app(app: Flask, *, jobs: Mapping[str, Job] | None = None) -> None:
    """Give the app `flask worker`."""
    loops = {"prune": Job(retention.prune, 600)}
    app.extensions["work"] = Work(jobs or {}, loops)
    app.cli.add_command(_command)


def add_loops(app: Flask, loops: Mapping[str, Job]) -> None:
    """Let another part of the chassis run loops in the app's worker."""
    app.extensions["work"].loops.update(loops)


def loops(app: Flask) -> dict[str, Job]:
    """Return everything that the app's worker runs, by name."""
    work: Work = app.extensions["work"]
    return {**work.jobs, **work.loops}


def once(app: Flask, name: str, job: Job) -> int:
    """Run one turn of a loop; log an error and return -1.

    A turn has its own correlation id, app context and database session.
    """
    return Context().run(_once, app, name, job)


def _once(app: Flask, name: str, job: Job) -> int:
    with app.app_context():
        try:
            return job.run()
        except Exception as error:  # the loop goes on: the next turn tries again
            logging.get().error("worker step failed", step=name, exc_info=error)
            return -1


class Pauses:
    """The pauses of a worker's loops; they are longer while no loop has work."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.worked_at = time.monotonic()

    def note_work(self) -> None:
        """Keep the pauses of all loops short: more work may follow."""
        self.worked_at = time.monotonic()

    def pause(self, every: float) -> None:
        """Wait for `every` seconds; while the worker is idle, for `IDLE_PAUSE`.

        The longer pause ends when another loop does something. A loop with no pause
        (`every` is 0) waits for its messages by itself.
        """
        end = time.monotonic() + IDLE_PAUSE
        while not self.stop.wait(every) and every and self._is_idle():
            if time.monotonic() >= end:
                return

    def _is_idle(self) -> bool:
        return time.monotonic() - self.worked_at > BUSY


def _loop(app: Flask, name: str, job: Job, pauses: Pauses) -> None:
    failures = 0
    while not pauses.stop.is_set():
        done = once(app, name, job)
        failures = failures + 1 if done < 0 else 0
        if failures:
            pauses.stop.wait(leases.backoff(failures, 1, 30).total_seconds())
        elif done:
            pauses.note_work()
        else:
            pauses.pause(job.every)


def run(app: Flask, stop: threading.Event) -> None:
    """Run every loop until `stop` is set and each has finished the work in hand."""
    pauses = Pauses(stop)
    threads = [
        threading.Thread(target=_loop, args=(app, name, job, pauses), name=name)
        for name, job in loops(app).items()
    ]
    for thread in threads:
        thread.start()
    logging.get().info("worker ready", loops=sorted(loops(app)))
    for thread in threads:
        thread.join()
    logging.get().info("worker stopped")


def drain(app: Flask, *, rounds: int = 200) -> None:
    """Run jobs and message loops in turn until a round does nothing; for tests."""
    work: Work = app.extensions["work"]
    drained = {name: Job(j.drain, 0) for name, j in work.loops.items() if j.drain}
    steps = {**work.jobs, **drained}
    for _ in range(rounds):
        if not sum(max(once(app, name, job), 0) for name, job in steps.items()):
            return
    raise TimeoutError(f"{app.name} still works after {rounds} rounds")


@click.command("worker")
def _command() -> None:
    """Run the service's jobs and message loops until SIGTERM."""
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    runner = threading.Thread(target=run, args=(app, stop))
    runner.start()
    while runner.is_alive():  # the main thread only handles signals
        runner.join(0.5)


__all__ = ["Job", "add_loops", "drain", "init_app", "loops", "once", "run"]
