"""Tables of transitions: what every trigger does in every state.

*No row yet* is a state too (None).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chassis.errors import Conflict, Problem

State = StrEnum | None


class Kind(StrEnum):
    """What a transition does with its trigger."""

    MOVE = "move"  # to a state, or stay, with effects
    ACKNOWLEDGE = "acknowledge"  # change nothing; an answer may be published
    REFUSE = "refuse"  # an error for the client
    IMPOSSIBLE = "impossible"  # an alert; a message goes into quarantine


@dataclass(frozen=True)
class Transition:
    """What one trigger does in one state."""

    kind: Kind
    to: StrEnum | None = None  # None: the state stays
    effects: tuple[StrEnum, ...] = ()
    publishes: StrEnum | None = None
    reason: str = ""
    code: str = ""
    error: type[Problem] = Conflict


@dataclass(frozen=True)
class Trigger:
    """Something that happened: its name, who reports it, why, and its data."""

    name: str
    source: str = ""
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Column = dict[State, Transition]  # one trigger's transitions
Table = dict[tuple[State, StrEnum], Transition]
IMPOSSIBLE = Transition(Kind.IMPOSSIBLE)
STAY = None


def move(
    to: StrEnum | None, *effects: StrEnum, publishes: StrEnum | None = None
) -> Transition:
    """Move to a state (STAY: keep the state) with effects."""
    return Transition(Kind.MOVE, to, effects, publishes)


def acknowledge(reason: str = "", publishes: StrEnum | None = None) -> Transition:
    """Change nothing, and record why; an answer may be published."""
    return Transition(Kind.ACKNOWLEDGE, reason=reason, publishes=publishes)


def refuse(code: str, reason: str, error: type[Problem] = Conflict) -> Transition:
    """Raise an error with a code and a sentence for the client."""
    return Transition(Kind.REFUSE, reason=reason, code=code, error=error)


def every(states: Iterable[State], transition: Transition) -> Column:
    """Fill a trigger's column with one transition."""
    return dict.fromkeys(states, transition)


def table(
    states: Iterable[State],
    triggers: Iterable[StrEnum],
    columns: Mapping[Any, Mapping[Any, Transition]],
) -> Table:
    """Return `{(state, trigger): transition}`; raise ValueError unless it is complete.

    `columns` holds one column for each trigger, each with a transition for every
    state. Service modules build their tables at import: a service with an incomplete
    table does not start.
    """
    wanted = {(state, trigger) for trigger in triggers for state in states}
    found: Table = {
        (state, trigger): transition
        for trigger, column in columns.items()
        for state, transition in column.items()
    }
    if wanted != found.keys():
        wrong = ", ".join(sorted(f"{s} + {t}" for s, t in wanted ^ found.keys()))
        raise ValueError(f"Missing or unknown transitions: {wrong}")
    return found
