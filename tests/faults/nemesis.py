"""The nemesis: a plan of faults drawn from a seed, and its execution in real time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from faults import catalogue
from faults.catalogue import CALLBACKS_LOST, CATALOGUE, OURS, WEBHOOKS_LOST, Kind
from faults.proxy import KINDS as PROXY_KINDS
from faults.proxy import Fault, Proxy
from faults.settings import EDGES, HURRY

FEWEST, MOST = 2, 6
DRAWS = 200
USUAL_VISIBILITY = int(HURRY["SQS_VISIBILITY_SECONDS"])


@dataclass(frozen=True)
class Action:
    """A fault that begins at `at` seconds and ends after `lasts` more."""

    at: float
    lasts: float
    number: str
    kind: str
    target: str
    parameters: catalogue.Parameters

    @property
    def ends(self) -> float:
        """When it is over."""
        return self.at + self.lasts


# ---- the plan ----
def plan(seed: int, seconds: float, database: str) -> list[Action]:
    """Draw a run's actions in order of time; the same arguments give the same plan.

    Every action ends within the seconds. In some runs webhooks, callbacks or both get
    lost from the beginning to the end.
    """
    random = Random(f"{seed} {database}")
    actions = _silences(random, seconds)
    wanted = random.randint(FEWEST, MOST)
    rows = [row for row in CATALOGUE if database in row.databases]
    weights = [row.weight for row in rows]
    for row in random.choices(rows, weights, k=DRAWS):
        if len(actions) == wanted:
            break
        action = _draw(random, row, seconds)
        if not any(_collide(action, other) for other in actions):
            actions.append(action)
    return sorted(actions, key=lambda action: action.at)


def _silences(random: Random, seconds: float) -> list[Action]:
    both, either = (WEBHOOKS_LOST, CALLBACKS_LOST), random.random()
    lost: tuple[Kind, ...] = ()
    if either < 0.2:
        lost = both if either < 0.1 else (random.choice(both),)
    return [
        Action(0.0, seconds, row.number, row.kind, row.targets[0], {}) for row in lost
    ]


def _draw(random: Random, row: Kind, seconds: float) -> Action:
    longest = min(row.longest, 0.7 * seconds)
    lasts = round(random.uniform(min(row.shortest, longest), longest), 2)
    at = round(random.uniform(0, 0.95 * seconds - lasts), 2)
    target, parameters = random.choice(row.targets), row.draw(random)
    return Action(at, lasts, row.number, row.kind, target, parameters)


def _collide(one: Action, other: Action) -> bool:
    """Say whether two actions would undo each other: same thing, same time."""
    is_apart = one.ends < other.at or other.ends < one.at
    return not is_apart and bool(_grip(one) & _grip(other))


def _grip(action: Action) -> set[str]:
    """Return what an action changes."""
    if action.kind == "kill_all":
        return set(OURS)
    if action.kind == "second_worker":
        return {f"{action.target}-second"}
    if action.kind in ("poison", "short_visibility"):
        return {action.target, "sqs"}  # both need a queue that is there
    if action.kind in PROXY_KINDS:
        return {f"{action.kind} on {action.target}"}
    return {action.target}


# ---- its execution ----
class Shop(Protocol):
    """What the nemesis needs of the shop's processes."""

    def kill(self, name: str) -> None: ...  # noqa: D102
    def stop(self, name: str) -> None: ...  # noqa: D102
    def start(self, name: str) -> None: ...  # noqa: D102
    def pause(self, name: str) -> None: ...  # noqa: D102
    def resume(self, name: str) -> None: ...  # noqa: D102
    def start_second(self, name: str) -> None: ...  # noqa: D102
    def stop_second(self, name: str) -> None: ...  # noqa: D102
    def restart_database(self) -> None: ...  # noqa: D102
    def lock_database(self, service: str, seconds: float) -> None: ...  # noqa: D102
    def shift_clock(self, seconds: int) -> None: ...  # noqa: D102
    def send(self, queue: str, body: str) -> None: ...  # noqa: D102
    def set_visibility(self, queue: str, seconds: int) -> None: ...  # noqa: D102
    def lose_queues(self) -> None: ...  # noqa: D102
