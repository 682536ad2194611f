"""The plan of faults of a run, drawn from a seed."""

from dataclasses import dataclass
from random import Random

from verification.faults.catalogue import (
    CALLBACKS_LOST,
    CATALOGUE,
    OURS,
    WEBHOOKS_LOST,
)
from verification.faults.hostile_kinds import BY_HOSTILE, HOSTILE
from verification.faults.provider_kinds import BY_PROVIDER, PROVIDER
from verification.faults.proxy import KINDS
from verification.faults.rows import Kind, Parameters

FEWEST, MOST = 2, 6
# The faults to draw from, by name; the customers of a smaller choice have no others.
ALL, BY_ITSELF, BY_STRANGERS = "all", "provider", "hostile"
CHOICES: dict[str, tuple[Kind, ...]] = {
    ALL: CATALOGUE,
    BY_ITSELF: PROVIDER,
    BY_STRANGERS: HOSTILE,
}
MANY = (5, 10)  # more than usual: none of them stops the customers
DRAWS = 200
ALONE = ("second_worker", "lock_database")  # they collide only with themselves


@dataclass(frozen=True)
class Action:
    """A fault that begins at `at` seconds and ends after `lasts` more."""

    at: float
    lasts: float
    number: str
    kind: str
    target: str
    parameters: Parameters

    @property
    def ends(self) -> float:
        """The second at which the action ends."""
        return self.at + self.lasts


def plan(seed: int, seconds: float, database: str, kinds: str = ALL) -> list[Action]:
    """Draw a run's actions in order of time; the same arguments give the same plan.

    Every action ends within the seconds. In some runs webhooks, callbacks or both are
    lost from start to end.
    """
    random = Random(f"{seed} {database}" + (f" {kinds}" if kinds != ALL else ""))
    actions = _silences(random, seconds)
    wanted = random.randint(*((FEWEST, MOST) if kinds == ALL else MANY))
    rows = [row for row in CHOICES[kinds] if database in row.databases]
    weights = [row.weight for row in rows]
    for row in random.choices(rows, weights, k=DRAWS):
        if len(actions) == wanted:
            break
        action = _draw(random, row, seconds)
        if not any(collide(action, other) for other in actions):
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


def collide(one: Action, other: Action) -> bool:
    """Return whether two actions affect the same target at the same time."""
    is_apart = one.ends < other.at or other.ends < one.at
    return not is_apart and bool(_grip(one) & _grip(other))


def _grip(action: Action) -> set[str]:
    """Return what an action changes."""
    if action.kind == "kill_all":
        return set(OURS)
    if action.kind in ("poison", "short_visibility"):
        return {action.target, "sqs"}  # both need a running queue
    if action.kind in (*KINDS, *BY_PROVIDER, *BY_HOSTILE, *ALONE):
        return {f"{action.kind} of {action.target}"}
    return {action.target}
