"""The worker process: the relay, the consumers and what runs by the clock.

Each loop runs in a thread of its own. SIGTERM and SIGINT let every loop finish what
it has in hand; long polls are short enough for all to end within 10 s.
"""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
from flask import Flask, current_app

from chassis import correlation, health, idempotency, inbox, logging, outbox, sqs
from chassis.config import settings
from chassis.db import current_db


@dataclass(frozen=True)
class Job:
    """Work by the clock: `run` returns how many things it did; 0 rests `every` s."""

    run: Callable[[], int]
    every: float


@dataclass(frozen=True)
class Work:
    """What a service's worker does."""

    consumers: Mapping[str, Mapping[str, inbox.Handler]]
    jobs: Mapping[str, Job]
    publishes: tuple[str, ...]


def init_app(
    app: Flask,
    *,
    consumers: Mapping[str, Mapping[str, inbox.Handler]] | None = None,
    jobs: Mapping[str, Job] | None = None,
    publishes: tuple[str, ...] = (),
) -> None:
    """Give the app `flask worker`."""
    app.extensions["work"] = Work(consumers or {}, jobs or {}, publishes)
    app.cli.add_command(_command)


def _steps() -> dict[str, Job]:
    """Return every loop of the current app's worker by name."""
    work: Work = current_app.extensions["work"]
    poll = settings().worker_poll_seconds
    loops = dict(work.jobs)
    for queue, handlers in work.consumers.items():
        loops[f"consume {queue}"] = Job(partial(inbox.consume, queue, handlers), 0)
    if work.publishes:
        loops["relay"] = Job(outbox.relay, poll)
    if work.publishes or work.consumers:
        loops["watch queues"] = Job(_watch, 15)
    loops["prune"] = Job(_prune, 600)
    return loops


def _watch() -> int:
    """Mirror the queues' state into a table: no web process asks a queue."""
    work: Work = current_app.extensions["work"]
    for queue in {*work.consumers, *work.publishes}:
        try:
            depths = sqs.depths(queue)
        except Exception as error:  # botocore's errors share no base
            sqs.forget()
            health.saw(queue, ok=False, detail=str(error))
        else:
            for name, depth in depths.items():
                ok = not (name.endswith("-dlq") and depth)
                health.saw(name, ok=ok, detail=f"{depth} waiting")
    current_db().session.commit()
    return 0


def _prune() -> int:
    work: Work = current_app.extensions["work"]
    idempotency.prune()
    if work.publishes:
        outbox.prune()
    if work.consumers:
        inbox.prune()
    return 0


def once(name: str, job: Job) -> int:
    """Run one loop's step in the app context that is open; errors are logged."""
    correlation.use(None)
    try:
        return job.run()
    except Exception as error:  # the loop goes on: the next turn tries again
        logging.get().error("worker step failed", step=name, exc_info=error)
        sqs.forget()
        return -1
    finally:
        current_db().session.remove()


def _loop(app: Flask, name: str, job: Job, stop: threading.Event) -> None:
    failures = 0
    with app.app_context():
        while not stop.is_set():
            done = once(name, job)
            failures = failures + 1 if done < 0 else 0
            if done <= 0:
                stop.wait(min(2.0**failures, 30) if failures else job.every)


def run(app: Flask, stop: threading.Event) -> None:
    """Run every loop until `stop` is set and each has finished what it had in hand."""
    with app.app_context():
        loops = _steps()
    threads = [
        threading.Thread(target=_loop, args=(app, name, job, stop), name=name)
        for name, job in loops.items()
    ]
    for thread in threads:
        thread.start()
    logging.get().info("worker ready", loops=sorted(loops))
    for thread in threads:
        thread.join()
    logging.get().info("worker stopped")


def drain(app: Flask, *, rounds: int = 200) -> None:
    """Run every loop in turn until a whole round does nothing; for tests."""
    with app.app_context():
        work: Work = app.extensions["work"]
        steps = {
            f"consume {queue}": Job(partial(inbox.consume, queue, handlers, 0), 0)
            for queue, handlers in work.consumers.items()
        }
        steps |= work.jobs
        if work.publishes:
            steps["relay"] = Job(outbox.relay, 0)
        for _ in range(rounds):
            if not sum(max(once(name, job), 0) for name, job in steps.items()):
                return
    raise TimeoutError(f"{app.name} still works after {rounds} rounds")


@click.command("worker")
def _command() -> None:
    """Run the outbox relay, the consumers and the clock jobs until SIGTERM."""
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    runner = threading.Thread(target=run, args=(app, stop))
    runner.start()
    while runner.is_alive():  # the main thread stays free to take signals
        runner.join(0.5)


__all__ = ["Job", "drain", "init_app", "once", "run"]
