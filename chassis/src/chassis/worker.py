"""The worker process: the relay, the consumers and what runs by the clock.

Each loop runs in a thread of its own. SIGTERM and SIGINT let every loop finish what
it has in hand; long polls are short enough for all to end within 10 s.
"""

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
from flask import Flask, current_app

from chassis import correlation, logging, retention
from chassis.config import settings
from chassis.db import current_db
from chassis.messaging import dead_letters, inbox, outbox, sqs, triage
from chassis.web import health

REDRIVES = 5


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
    app.cli.add_command(_redrive)


def _messages(wait: int | None = None) -> dict[str, Job]:
    """Return the loops that move messages by name."""
    work: Work = current_app.extensions["work"]
    poll = settings().worker_poll_seconds
    loops: dict[str, Job] = {}
    for queue, handlers in work.consumers.items():
        consume = partial(inbox.consume, queue, handlers, wait)
        loops[f"consume {queue}"] = Job(consume, 0)
        loops[f"retry {queue}"] = Job(partial(inbox.retry, queue, handlers), 2)
    if work.publishes:
        loops["relay"] = Job(outbox.relay, poll)
    return loops


def _steps() -> dict[str, Job]:
    """Return every loop of the current app's worker by name."""
    work: Work = current_app.extensions["work"]
    loops = {**work.jobs, **_messages(), "prune": Job(retention.prune, 600)}
    if work.publishes or work.consumers:
        loops["watch queues"] = Job(_watch, 15)
    for queue in work.consumers:
        loops[f"dead letters {queue}"] = Job(partial(_tend, queue), 15)
        loops["remind"] = Job(triage.remind, 600)
    return loops


def _tend(queue: str) -> int:
    for letter in (left := dead_letters.tend(queue)):
        logging.get().info("dead letter left", queue=queue, letter=letter)
    return len(left)


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
                ok = not (name.endswith(sqs.DEAD) and depth)
                health.saw(name, ok=ok, detail=f"{depth} waiting")
    if work.consumers:
        left = triage.waiting("quarantine")
        health.saw("quarantine", ok=not left, detail=f"{left} waiting")
    current_db().session.commit()
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
        steps = {**app.extensions["work"].jobs, **_messages(wait=0)}
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


@click.command("redrive")
@click.argument("queue")
def _redrive(queue: str) -> None:
    """Send the dead letters of a queue that this service reads to it again."""
    work: Work = current_app.extensions["work"]
    if queue not in work.consumers:
        ours = ", ".join(work.consumers) or "none"
        raise click.UsageError(f"{queue} is no queue that is read here: {ours}.")
    for _ in range(REDRIVES):  # the worker may have some in hand just now
        for letter in dead_letters.tend(queue, everything=True):
            click.echo(letter)
        left = sqs.depths(queue)[queue + sqs.DEAD]
        if not left:
            break
    click.echo(f"{queue}{sqs.DEAD}: {left} left.")
    sys.exit(bool(left))


__all__ = ["Job", "drain", "init_app", "once", "run"]
