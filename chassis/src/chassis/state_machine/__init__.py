"""State machines: a complete table of transitions, and one way to fire a trigger.

A service declares the states and triggers of a table's rows, and a transition for
every pair of them. `StateMachine.fire` makes a transition in the caller's transaction:
the conditional UPDATE on state and version, the line of the timeline, the effects and
the published event happen together or not at all. Where no row exists yet, the
transition is an INSERT that a unique key guards.
"""

from chassis.state_machine.machine import Impossible, StateMachine
from chassis.state_machine.transitions import (
    IMPOSSIBLE,
    STAY,
    Column,
    Kind,
    State,
    Table,
    Transition,
    Trigger,
    acknowledge,
    every,
    move,
    refuse,
    table,
)

__all__ = [
    "IMPOSSIBLE",
    "STAY",
    "Column",
    "Impossible",
    "Kind",
    "State",
    "StateMachine",
    "Table",
    "Transition",
    "Trigger",
    "acknowledge",
    "every",
    "move",
    "refuse",
    "table",
]
