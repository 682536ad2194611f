"""docs/states.md is what the code's transition tables say."""

import re

import pytest

from devtools.checks import diagrams
from order_svc.models import OrderState

MACHINES = {machine.title: machine for machine in diagrams.MACHINES}


def test_the_page_is_what_the_tables_say():
    assert diagrams.PATH.read_text() == diagrams.document(), "run `make diagrams`"


@pytest.mark.parametrize("title", MACHINES)
def test_every_cell_stands_in_its_machines_table(title):
    machine = MACHINES[title]
    head, _, *lines = diagrams._table(machine)

    assert len(lines) == len(machine.triggers)
    assert {line.count("|") for line in (head, *lines)} == {len(machine.states) + 2}


def test_a_refused_an_acknowledged_and_an_impossible_cell_are_told_apart():
    text = MACHINES["Order"].text

    assert text(OrderState.PAID, "cancel") == "409 `already_paid`"
    assert text(OrderState.PAID, "payment.closed") == "ack"
    assert text(OrderState.PAID, "link.late") == "never"
    assert text(OrderState.PAID, "stock.committed").startswith("→ confirmed; ")


@pytest.mark.parametrize("title", MACHINES)
def test_a_diagram_has_each_arrow_once_and_every_state(title):
    machine = MACHINES[title]

    first, *arrows = diagrams.diagram(machine)

    assert first == "stateDiagram-v2"
    ends = [
        re.match(r"  (\S+) --> (\w+)(: \S+)?$", arrow).group(1, 2) for arrow in arrows
    ]
    assert len(ends) == len(set(ends))
    drawn = {state for pair in ends for state in pair} - {"[*]"}
    assert drawn == {str(state) for state in machine.states if state}
