"""Writes docs/states.md from the code's transition tables: diagrams and every cell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from devtools.layout import ROOT
from order_svc.models import TRANSITIONS as ORDERS
from order_svc.models import Cell, Kind, OrderEvent, OrderState
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    PaymentState,
    PaymentTrigger,
    RefundState,
    RefundTrigger,
)
from product_svc.managers.refusals import WORDS
from product_svc.models import CELLS, Answer, ReservationState, Trigger

PATH = ROOT / "docs" / "states.md"
NOWHERE, NEVER = "(none)", "never"
State = StrEnum | None
HEAD = """\
# States

Written by `make diagrams` from the tables that the services move by.
An arrow is a move; the tables below the diagrams have every cell.
"ack" changes nothing.
"never" cannot happen: it is refused, and a message that says it goes into quarantine.
"""


@dataclass(frozen=True)
class Machine:
    """One table: its cells as text, and where each leads."""

    title: str
    source: str
    states: tuple[State, ...]
    triggers: type[StrEnum]
    text: Callable[[State, Any], str]
    target: Callable[[State, Any], State]


def _order_text(state: State, event: Any) -> str:
    cell: Cell = ORDERS[OrderState(state or ""), event]
    if cell.kind == Kind.MOVE:
        return "; ".join([f"→ {cell.to}" if cell.to else "stays", *cell.effects])
    texts = {Kind.ACK: "ack", Kind.REFUSE: f"409 `{cell.code}`"}
    return texts.get(cell.kind, NEVER)


def _order_target(state: State, event: Any) -> State:
    return ORDERS[OrderState(state or ""), event].to


def _money(
    table: Any,
) -> tuple[Callable[[State, Any], str], Callable[[State, Any], State]]:
    """Return text and target of one of payment-svc's tables."""

    def text(state: State, trigger: Any) -> str:
        move = table.get((state, trigger))
        if move is None:
            return NEVER
        to = [f"→ {move.to}"] if move.to != state else []
        return "; ".join([*to, *([f"emit {move.says}"] if move.says else [])]) or "ack"

    def target(state: State, trigger: Any) -> State:
        move = table.get((state, trigger))
        return move.to if move else None

    return text, target


def _stock_text(state: State, trigger: Any) -> str:
    cell: Any = CELLS[ReservationState(state) if state else None, trigger]
    if isinstance(cell, Answer):
        plain = {Answer.SAME: "as before", Answer.NEVER: NEVER}
        return plain.get(cell) or f"{WORDS[cell][0].status} `{cell}`"
    units = {"stock": cell.stock, "reserved": cell.reserved}
    moved = [f"{name} {number:+d} a unit" for name, number in units.items() if number]
    return "; ".join([f"→ {cell.to}" if cell.to != state else "stays", *moved])


def _stock_target(state: State, trigger: Any) -> State:
    cell = CELLS[ReservationState(state) if state else None, trigger]
    return None if isinstance(cell, Answer) else cell.to


MACHINES = (
    Machine(
        "Order",
        "order-svc/src/order_svc/models/transitions.py",
        tuple(OrderState),
        OrderEvent,
        _order_text,
        _order_target,
    ),
    Machine(
        "Reservation",
        "product-svc/src/product_svc/models/reservations.py",
        (None, *ReservationState),
        Trigger,
        _stock_text,
        _stock_target,
    ),
    Machine(
        "Payment",
        "payment-svc/src/payment_svc/models/payment_states.py",
        (None, *PaymentState),
        PaymentTrigger,
        *_money(PAYMENT_TRANSITIONS),
    ),
    Machine(
        "Refund",
        "payment-svc/src/payment_svc/models/refunds.py",
        (None, *RefundState),
        RefundTrigger,
        *_money(REFUND_TRANSITIONS),
    ),
)


def document() -> str:
    """Return the text of docs/states.md."""
    return "\n".join([HEAD, *(_section(machine) for machine in MACHINES)])


def write() -> None:
    """Write docs/states.md anew."""
    PATH.write_text(document())


def _section(machine: Machine) -> str:
    lines = [
        f"## {machine.title}",
        "",
        f"From [`{machine.source}`](../{machine.source}).",
    ]
    lines += ["", "```mermaid", *diagram(machine), "```", "", *_table(machine), ""]
    return "\n".join(lines)


def diagram(machine: Machine) -> list[str]:
    """Return the lines of a Mermaid state diagram: what moves, from where to where."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state in machine.states:
        for trigger in machine.triggers:
            to = machine.target(state, trigger)
            if to is not None and to != state:
                arrows.setdefault((state or "[*]", to), []).append(trigger.value)
    if None not in machine.states:
        arrows = {("[*]", str(machine.states[0])): [], **arrows}
    return [
        "stateDiagram-v2",
        *(_arrow(*ends, names) for ends, names in arrows.items()),
    ]


def _arrow(source: str, to: str, names: list[str]) -> str:
    return f"  {source} --> {to}" + (f": {'<br/>'.join(names)}" if names else "")


def _table(machine: Machine) -> Iterable[str]:
    """Return a Markdown table: a line for each trigger, a column for each state."""
    yield _line(["", *(str(state or NOWHERE) for state in machine.states)])
    yield _line(["---"] * (len(machine.states) + 1))
    for trigger in machine.triggers:
        cells = [machine.text(state, trigger) for state in machine.states]
        yield _line([f"`{trigger}`", *cells])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
