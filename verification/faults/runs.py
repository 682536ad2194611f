"""One random run: customers, a seeded plan of faults, drain, audit, history."""

import contextlib
import dataclasses
import functools
import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools import audit
from verification.faults import checks, nemesis
from verification.faults.catalogue import CALLBACKS_LOST
from verification.faults.drain import Stuck, drain
from verification.faults.endurance import Endurance
from verification.faults.history import History
from verification.faults.hostile_kinds import BY_HOSTILE
from verification.faults.market import (
    decisions,
    let_in,
    let_in_hostile,
    open_market,
)
from verification.faults.plans import ALL, BY_STRANGERS, Action
from verification.faults.shopping import Customer, Market
from verification.faults.sightings import Watch
from verification.faults.stack import Stack

SLACK = 60.0
FORGED = "forged_accepted"


@functools.cache
def commit() -> str:
    """Return the tested commit's short name, with `+` when files differ."""
    words = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(words, capture_output=True, text=True).stdout.strip()


@dataclasses.dataclass
class Result:
    """The result of a run; `violations` is empty when every invariant holds.

    `kinds` names the faults that were drawn. `sightings` are the delays until
    payment-svc had each refund that was made in the dashboard.
    """

    name: str
    database: str
    commit: str = dataclasses.field(default_factory=commit)
    seconds: float = 0.0
    drain_seconds: float = 0.0
    orders: int = 0
    faults: dict[str, int] = dataclasses.field(default_factory=dict)
    operations: dict[str, int] = dataclasses.field(default_factory=dict)
    crashed_at: str = ""
    violations: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    kinds: str = ALL
    sightings: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def save(self, stack: Stack) -> None:
        """Append the result to the results of its folder."""
        with (stack.folder / "results.jsonl").open("a") as out:
            out.write(json.dumps(dataclasses.asdict(self), default=str) + "\n")


def run(stack: Stack, seed: int, seconds: float, kinds: str = ALL) -> Result:
    """Run a seed and check the result."""
    actions = nemesis.plan(seed, seconds, stack.databases.name, kinds)
    return suffer(stack, str(seed), actions, seconds, seed, kinds)


def suffer(
    stack: Stack,
    name: str,
    plan: list[Action],
    seconds: float,
    seed: int,
    kinds: str = ALL,
) -> Result:
    """Let customers buy while a plan of faults runs; then check the result.

    Where all faults are hostile clients, no process is killed: the services must be
    healthy all the time, and accept the customers' orders.
    """
    result = Result(name, stack.databases.name, kinds=kinds)
    started = time.monotonic()
    stack.begin(seed)
    history = History(stack.folder / f"history-{name}.jsonl")
    market, stock = open_market(stack, history)
    customers = let_in(stack, market, str(seed))
    _prepare(stack, market, customers, {action.kind for action in plan})
    enemy = nemesis.Nemesis(stack, stack.proxy, plan, seconds)
    with shopping(customers, market), _enduring(stack, result, history):
        watch = watch_refunds(stack)
        enemy.run()
    log = stack.folder / f"faults-{name}.json"
    log.write_text(json.dumps(enemy.log, indent=1))
    result.faults = dict(faults(stack, enemy))
    if accepted := result.faults.pop(FORGED, 0):
        row = f"{accepted} forged webhooks were answered 2xx"
        result.violations.append({"id": "forged", "row": row})
    judge(
        stack,
        result,
        history,
        stock,
        is_queue_lost=enemy.has_lost_queues,
        watch=watch,
    )
    result.seconds = time.monotonic() - started
    return result


def _prepare(
    stack: Stack, market: Market, customers: list[Customer], kinds: set[str]
) -> None:
    if kinds & BY_HOSTILE:
        let_in_hostile(stack, market, customers)
    if CALLBACKS_LOST.kind in kinds:
        market.lost_callbacks = 1.0


@contextlib.contextmanager
def shopping(customers: list[Customer], market: Market) -> Iterator[None]:
    """Let customers act meanwhile."""
    threads = [threading.Thread(target=one.shop, daemon=True) for one in customers]
    for thread in threads:
        thread.start()
    yield
    market.over.set()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def _enduring(stack: Stack, result: Result, history: History) -> Iterator[None]:
    """Where all faults are hostile clients, record what they cost the others."""
    if result.kinds != BY_STRANGERS:
        yield
        return
    endurance = Endurance(stack)
    endurance.start()
    yield
    result.violations += endurance.end(history)


def watch_refunds(stack: Stack) -> Watch:
    """Watch every refund that is made in the dashboard from now on."""
    provider = stack.provider
    watch = Watch(
        stack.urls["payment-svc"], lambda: stack.shift, lambda: provider.is_refusing
    )
    provider.on_refund = watch.made
    watch.start()
    return watch


def faults(stack: Stack, enemy: nemesis.Nemesis) -> Counter[str]:
    """Return how often each fault happened."""
    found = Counter[str]()
    for action in enemy.done:
        found[action.kind] += action.kind not in BY_HOSTILE
    found.update(stack.hostile.sent)
    for (_edge, kind), number in stack.proxy.counts.items():
        found[kind] += number
    return found


def judge(
    stack: Stack,
    result: Result,
    history: History,
    stock: dict[int, int],
    *,
    is_queue_lost: bool = False,
    watch: Watch | None = None,
) -> None:
    """Drain the shop and record every violation."""
    for name in stack.ended():
        result.violations.append({"id": "process", "row": f"{name} ended by itself"})
    watch = watch or watch_refunds(stack)
    try:
        stack.wait_until_ready()
        stack.provider.heal()
        people = decisions(stack, result.name)
        result.drain_seconds = drain(stack, people, lambda: not watch.unseen)
    except (Stuck, TimeoutError) as why:
        result.violations.append({"id": "stuck", "row": str(why)})
    watch.stop()
    result.sightings = [one.figures() for one in watch.sightings]
    result.violations += [
        {"id": "unseen", "row": f"payment-svc does not have {one.refund_id}"}
        for one in watch.unseen
    ]
    verdicts = audit.check(
        stack.urls,
        stack.ledger(),
        drained=True,
        slack_seconds=SLACK,
        now=datetime.now(UTC) + timedelta(seconds=stack.shift),
        queue_was_lost=is_queue_lost,
    )
    for verdict in verdicts:
        rows = [{"id": verdict.id, "row": row} for row in verdict.rows]
        result.violations += rows
    facts = checks.read(stack.urls["order-svc"], history, stock)
    for name, check in checks.CHECKS.items():
        result.violations += [{"id": name, "row": row} for row in check(facts)]
    result.operations = dict(history.counts())
    result.orders = len(facts.orders)
    history.save()
