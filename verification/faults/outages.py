"""Outages of one minute, one dependency or resource at a time."""

from collections.abc import Mapping, Sequence

from devtools.layout import SERVICES
from verification.faults.catalogue import (
    CALLBACKS_LOST,
    OURS,
    QUEUE_EDGES,
    WEBHOOKS_LOST,
)
from verification.faults.plans import Action
from verification.faults.rows import POSTGRESQL

SECONDS = 70.0
BEGINS, LASTS = 5.0, 60.0
RAZORPAY = "payment-svc>razorpay"
ALWAYS = {"probability": 1.0}


def _turns(kinds: Sequence[str]) -> list[Action]:
    """Let Razorpay fail in one way after the other."""
    part = LASTS / len(kinds)
    return [
        Action(BEGINS + n * part, part, "F09", kind, RAZORPAY, ALWAYS)
        for n, kind in enumerate(kinds)
    ]


OUTAGES: Mapping[str, list[Action]] = {
    "no queue": [
        Action(BEGINS, LASTS, "F13", "refuse", edge, {}) for edge in QUEUE_EDGES
    ],
    "no database": [
        Action(at, 0.0, "F22", "restart_database", "database", {})
        for at in (5.0, 15.0, 25.0, 35.0, 45.0, 55.0)
    ],
    "no Razorpay": _turns(("bad_gateway", "too_many", "black_hole")),
    "no webhooks and callbacks": [
        Action(0.0, SECONDS, row.number, row.kind, row.targets[0], {})
        for row in (WEBHOOKS_LOST, CALLBACKS_LOST)
    ],
    "few connections and files": [
        Action(BEGINS, LASTS, "F24", "starve", name, {}) for name in OURS
    ],
    "overload": [Action(BEGINS, LASTS, "F27", "crowd", "user-svc", {})],
    "slow clients": [
        Action(BEGINS, LASTS, "F28", "slow_clients", name, {}) for name in SERVICES
    ],
}


def outages(database: str) -> list[tuple[str, list[Action]]]:
    """Return the names and plans of the outages for a database."""
    is_server = database in POSTGRESQL
    return [row for row in OUTAGES.items() if is_server or row[0] != "no database"]
