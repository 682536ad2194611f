"""docs/states.md matches the code's transition tables."""

import re

import pytest

from devtools.checks import diagrams
from order_svc.models import OrderState
from payment_svc.models import PaymentState

MACHINES = {machine.title: machine for machine in diagrams.MACHINES}


def test_the_page_is_what_the_tables_say():
    assert diagrams.PATH.read_text() == diagrams.document(), "run `make diagrams`"


@pytest.mark.parametrize("title", MACHINES)
def test_every_cell_stands_in_its_machines_table(title):
    machine = MACHINES[title]
    head, _, *lines = diagrams._table(machine)

    assert len(lines) == len(machine.triggers)
    assert {line.count("|") for line in (head, *lines)} == {len(machine.states) + 2}


def text(title, state, trigger):
    """Return a cell of a machine's table."""
    return diagrams.text(MACHINES[title].transitions[state, trigger])


def test_the_four_kinds_of_transitions_are_told_apart():
    assert text("Order", OrderState.PAID, "cancel") == "refuse: 409 `already_paid`"
    assert text("Order", OrderState.PAID, "payment.closed") == "acknowledge"
    assert text("Order", OrderState.PAID, "link.late") == "impossible"
    assert text("Order", None, "place") == "→ placed"


def test_a_cell_names_effects_and_the_published_message():
    confirm = text("Order", OrderState.PAID, "stock.committed")
    release = text("Order", OrderState.CANCELLED, "stock.reserved")
    repeated = text("Payment", PaymentState.ISSUED, "requested")

    assert confirm == "→ confirmed; publish order.settled"
    assert release == "stays; release stock, final"
    assert repeated == "acknowledge; publish payment.link_ready"


def test_a_refusal_has_the_status_of_its_error():
    assert text("Reservation", None, "commit") == "refuse: 404 `not_found`"


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
