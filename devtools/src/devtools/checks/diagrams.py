"""Writes docs/states.md from the code's transition tables: diagrams and every cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chassis.state_machine import Kind, State, Table, Transition
from devtools.layout import ROOT
from order_svc import models as orders
from payment_svc import models as payments
from product_svc import models as products

PATH = ROOT / "docs" / "states.md"
NO_ROW = "(none)"
HEAD = """\
# States

Written by `make diagrams` from the services' transition tables.

Each diagram shows the transitions between states; `[*]` is *no row yet*.
The table below a diagram has a line for each trigger and a column for each state:

- `→ paid` moves to a state, and `stays` keeps the state.
  Effects and the published message follow; other columns of the row may change too.
- `acknowledge` changes nothing; a message may be published again as an answer.
- `refuse` answers the client with this HTTP status and `code`.
- `impossible` raises an alert; a message that causes it is put into quarantine.
"""


@dataclass(frozen=True)
class Machine:
    """A state machine: the file of its table, its states and its transitions."""

    title: str
    source: str
    states: Sequence[State]
    transitions: Table

    @property
    def triggers(self) -> list[StrEnum]:
        """Return the triggers in the order of the table."""
        return list(dict.fromkeys(trigger for _, trigger in self.transitions))


MACHINES = (
    Machine(
        "Order",
        "order-svc/src/order_svc/models/transitions.py",
        orders.STATES,
        orders.TRANSITIONS,
    ),
    Machine(
        "Reservation",
        "product-svc/src/product_svc/models/transitions.py",
        products.STATES,
        products.TRANSITIONS,
    ),
    Machine(
        "Payment",
        "payment-svc/src/payment_svc/models/payment_transitions.py",
        payments.PAYMENT_STATES,
        payments.PAYMENT_TRANSITIONS,
    ),
    Machine(
        "Refund",
        "payment-svc/src/payment_svc/models/refund_transitions.py",
        payments.REFUND_STATES,
        payments.REFUND_TRANSITIONS,
    ),
)


def document() -> str:
    """Return the text of docs/states.md."""
    return "\n".join([HEAD, *(_section(machine) for machine in MACHINES)])


def write() -> None:
    """Rewrite docs/states.md."""
    PATH.write_text(document())


def text(transition: Transition) -> str:
    """Return a cell of a table."""
    if transition.kind is Kind.REFUSE:
        return f"refuse: {transition.error.status} `{transition.code}`"
    parts = [str(transition.kind)]
    if transition.kind is Kind.MOVE:
        parts = [f"→ {transition.to}" if transition.to else "stays"]
    parts += transition.effects
    if transition.publishes:
        parts.append(f"publish {transition.publishes}")
    return "; ".join(parts)


def diagram(machine: Machine) -> list[str]:
    """Return the lines of a Mermaid state diagram: what moves, from where to where."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state in machine.states:
        for trigger in machine.triggers:
            to = machine.transitions[state, trigger].to
            if to is not None and to != state:
                arrows.setdefault((state or "[*]", to), []).append(str(trigger))
    return [
        "stateDiagram-v2",
        *(_arrow(*ends, names) for ends, names in arrows.items()),
    ]


def _arrow(source: str, to: str, names: list[str]) -> str:
    return f"  {source} --> {to}: {'<br/>'.join(names)}"


def _section(machine: Machine) -> str:
    lines = [
        f"## {machine.title}",
        "",
        f"From [`{machine.source}`](../{machine.source}).",
    ]
    lines += ["", "```mermaid", *diagram(machine), "```", "", *_table(machine), ""]
    return "\n".join(lines)


def _table(machine: Machine) -> Iterable[str]:
    """Return a Markdown table: a line for each trigger, a column for each state."""
    yield _line(["", *(str(state or NO_ROW) for state in machine.states)])
    yield _line(["---"] * (len(machine.states) + 1))
    for trigger in machine.triggers:
        row = (machine.transitions[state, trigger] for state in machine.states)
        yield _line([f"`{trigger}`", *(text(transition) for transition in row)])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
