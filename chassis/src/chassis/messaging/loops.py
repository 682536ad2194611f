"""The worker's message loops and `flask redrive`."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import click
from flask import Flask, current_app

from chassis import dependencies, logging, worker
from chassis.config import Settings
from chassis.db import current_db
from chassis.messaging import dead_letters, inbox, outbox, sqs, triage
from chassis.worker import Job

REDRIVES = 5


@dataclass(frozen=True)
class Queues:
    """The queues of a service: those it reads, with their handlers, and those it sends
    to.
    """

    consumers: Mapping[str, Mapping[str, inbox.Handler]]
    publishes: tuple[str, ...]


def init_app(
    app: Flask,
    *,
    consumers: Mapping[str, Mapping[str, inbox.Handler]],
    publishes: tuple[str, ...],
) -> None:
    """Let the app's worker relay, consume and watch messages; add `flask redrive`.

    `consumers` names the handlers by queue and message type; `publishes` names the
    queues that the outbox sends to. Call `worker.init_app` first.
    """
    settings: Settings = app.extensions["settings"]
    app.extensions["queues"] = Queues(consumers, publishes)
    worker.add_loops(app, _loops(consumers, settings.worker_poll_seconds))
    app.cli.add_command(_redrive)


def _loops(
    consumers: Mapping[str, Mapping[str, inbox.Handler]], poll: float
) -> dict[str, Job]:
    loops: dict[str, Job] = {}
    for queue, handlers in consumers.items():
        consume = partial(inbox.consume, queue, handlers)
        loops[f"consume {queue}"] = _job(consume, 0, drain=partial(consume, wait=0))
        retry = partial(inbox.retry, queue, handlers)
        loops[f"retry {queue}"] = _job(retry, 2, drain=retry)
    loops["relay"] = _job(outbox.relay, poll, drain=outbox.relay)
    loops["watch queues"] = _job(watch, 15)
    for queue in consumers:
        loops[f"dead letters {queue}"] = _job(partial(_sync_dead_letters, queue), 15)
    loops["remind"] = _job(triage.remind, 600)
    return loops


def _job(
    run: Callable[[], int], every: float, *, drain: Callable[[], int] | None = None
) -> Job:
    """Make a job that fetches its queues' URLs again after a failure."""

    def step() -> int:
        try:
            return run()
        except Exception:
            sqs.forget()
            raise

    return Job(step, every, drain)


def _sync_dead_letters(queue: str) -> int:
    for message in (removed := dead_letters.sync(queue)):
        logging.get().info("dead letter removed", queue=queue, message=message)
    return len(removed)


def watch() -> int:
    """Record the state of each queue as a dependency; return 0: nothing is handled."""
    queues: Queues = current_app.extensions["queues"]
    for queue in {*queues.consumers, *queues.publishes}:
        try:
            depths = sqs.depths(queue)
        except Exception as error:  # botocore's errors share no base
            sqs.forget()
            dependencies.record(queue, ok=False, detail=str(error))
        else:
            for name, depth in depths.items():
                ok = not (name.endswith(sqs.DEAD) and depth)
                dependencies.record(name, ok=ok, detail=f"{depth} waiting")
    if queues.consumers:
        left = triage.waiting("quarantine")
        dependencies.record("quarantine", ok=not left, detail=f"{left} waiting")
    current_db().session.commit()
    return 0


@click.command("redrive")
@click.argument("queue")
def _redrive(queue: str) -> None:
    """Send the dead letters of a queue that this service reads to the queue again."""
    queues: Queues = current_app.extensions["queues"]
    if queue not in queues.consumers:
        ours = ", ".join(queues.consumers) or "none"
        raise click.UsageError(f"This service does not read {queue}; it reads {ours}.")
    for _ in range(REDRIVES):  # the worker may hold some of them for a moment
        for message in dead_letters.sync(queue, everything=True):
            click.echo(message)
        left = sqs.depths(queue)[queue + sqs.DEAD]
        if not left:
            break
    click.echo(f"{queue}{sqs.DEAD}: {left} left.")
    sys.exit(bool(left))
