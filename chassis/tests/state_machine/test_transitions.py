"""A table of transitions is complete, or its module does not import."""

from enum import StrEnum

import pytest

from chassis.errors import Conflict, Gone
from chassis.state_machine import (
    IMPOSSIBLE,
    STAY,
    Kind,
    acknowledge,
    every,
    move,
    refuse,
    table,
)


class State(StrEnum):
    OFF = "off"
    ON = "on"


class Trigger(StrEnum):
    PRESS = "press"
    BREAK = "break"


STATES = (None, *State)
PRESS = {**every(STATES, move(State.ON)), State.ON: move(State.OFF)}


def test_every_state_and_trigger_has_a_transition():
    made = table(
        STATES,
        Trigger,
        {Trigger.PRESS: PRESS, Trigger.BREAK: every(STATES, IMPOSSIBLE)},
    )

    assert len(made) == len(STATES) * len(Trigger)
    assert made[None, Trigger.PRESS].to is State.ON
    assert made[State.ON, Trigger.PRESS].to is State.OFF
    assert made[State.ON, Trigger.BREAK].kind is Kind.IMPOSSIBLE


def test_a_table_without_one_of_its_transitions_is_refused():
    hole = {state: IMPOSSIBLE for state in STATES if state is not State.OFF}

    with pytest.raises(ValueError, match="off \\+ break"):
        table(STATES, Trigger, {Trigger.PRESS: PRESS, Trigger.BREAK: hole})


def test_a_table_without_one_of_its_triggers_is_refused():
    with pytest.raises(ValueError, match="None \\+ break, off \\+ break, on \\+ break"):
        table(STATES, Trigger, {Trigger.PRESS: PRESS})


def test_a_table_with_a_state_that_is_not_declared_is_refused():
    columns = {Trigger.PRESS: PRESS, Trigger.BREAK: every(STATES, IMPOSSIBLE)}

    with pytest.raises(ValueError, match="None \\+ break"):
        table(tuple(State), Trigger, columns)


def test_the_four_kinds():
    assert move(STAY, publishes=State.ON).kind is Kind.MOVE
    assert acknowledge("known", State.ON).publishes is State.ON
    assert refuse("over", "It is over.").error is Conflict
    assert refuse("over", "It is over.", Gone).error is Gone
    assert IMPOSSIBLE.kind is Kind.IMPOSSIBLE
