"""Tables of transitions as text, to compare them with the service's own.

A cell is `state` or `state>event`; `.` is impossible and `!` is refused.
"""

import pytest

from chassis.state_machine import Kind

SIGNS = {Kind.IMPOSSIBLE: ".", Kind.REFUSE: "!"}


@pytest.fixture
def read():
    """Return `read(text)`: {(state or None, trigger): cell} of a table in text."""

    def parse(text):
        head, *lines = (line.split() for line in text.strip().splitlines())
        states = [None if state == "none" else state for state in head[1:]]
        return {
            (state, trigger): cell
            for trigger, *row in lines
            for state, cell in zip(states, row, strict=True)
        }

    return parse


@pytest.fixture
def written():
    """Return `written(table)`: {(state or None, trigger): cell} of a table."""
    return lambda table: {key: _cell(key[0], found) for key, found in table.items()}


def _cell(state, transition):
    if transition.kind in SIGNS:
        return SIGNS[transition.kind]
    event = (transition.publishes or "").partition(".")[2]
    return f"{transition.to or state}>{event}" if event else transition.to or state
