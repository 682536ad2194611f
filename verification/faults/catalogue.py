"""The catalogue of faults: kind, targets, weight and duration of each.

Some of F01..F28 are not in this table: customers cause F17 (except lost callbacks), F18
and F19; exhaustion, overload and slow clients (F24, F27, F28) are outages of a minute;
hostile clients (F34) have runs of their own, in which nothing else fails.
"""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from devtools.layout import SANDBOX, SERVICES
from verification.faults.provider_kinds import PROVIDER
from verification.faults.rows import POSTGRESQL, Kind, Parameters
from verification.faults.settings import CLIENT_EDGES, EDGES

WEBHOOKS = "razorpay>payment-svc"
QUEUE_EDGES = ("order-svc>sqs", "payment-svc>sqs")
CALL_EDGES = ("order-svc>user-svc", "order-svc>product-svc", "payment-svc>razorpay")
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
OURS = (*SERVICES, *WORKERS)
QUEUES = ("payment-commands", "order-events")


def _sometimes(seconds: float = 1.0, copies: int = 2) -> Callable[[Random], Parameters]:
    """Affect a share of the requests, rarely all."""

    def draw(random: Random) -> Parameters:
        share = random.choice((0.1, 0.2, 0.3, 0.5, 0.8, 1.0))
        return {"probability": share, "seconds": seconds, "copies": copies}

    return draw


def _of_messages(random: Random) -> Parameters:
    share = random.choice((0.2, 0.3, 0.5))
    return {"probability": share, "seconds": random.choice((2, 5, 10)), "copies": 3}


def _five_times(random: Random) -> Parameters:
    return {"probability": random.choice((0.5, 1.0)), "copies": 5}


def _poison(random: Random) -> Parameters:
    return {"poison": random.choice(sorted(POISONS))}


def _skew(random: Random) -> Parameters:
    return {"seconds": random.choice((-300, 300))}


def _jump(random: Random) -> Parameters:
    return {"seconds": random.choice((60, 300, 1080, 3600))}


def _event(**changed: Any) -> str:
    usual = {
        "specversion": "1.0",
        "id": "00000000-0000-4000-8000-000000000000",
        "source": "/nobody",
        "type": "payment.closed",
        "subject": "orders/1",
        "data": {},
    }
    return json.dumps(usual | changed)


POISONS: Mapping[str, str] = {
    "no JSON": '{"id": ',
    "no object": "[1, 2]",
    "an unknown type": _event(type="order.exploded"),
    "another version of the data": _event(data={"order": 1}),
    "no data": _event(data=None),
    "a NUL character": _event(subject="orders/\x00"),
    "as much as a queue takes": _event(type="x" * 80).ljust(1 << 20),
}

CATALOGUE = (
    Kind("F01", "kill", (*OURS, SANDBOX), 8, 0.0, 3.0),
    Kind("F02", "kill_all", ("everything",), 2, 0.0, 3.0),
    Kind("F04", "restart", OURS, 3, 0.0, 1.0),
    Kind("F05", "refuse", EDGES, 3),
    Kind("F05", "lose_request", EDGES, 3, draw=_sometimes()),
    Kind("F06", "black_hole", EDGES, 2, draw=_sometimes()),
    Kind("F06", "pause", (*OURS, SANDBOX, "sqs"), 3, 1.0, 6.0),
    Kind("F07", "lose_answer", EDGES, 12, draw=_sometimes()),
    Kind("F08", "late_request", EDGES, 6, draw=_sometimes(10.0)),
    Kind("F08", "duplicate", CALL_EDGES, 3, draw=_sometimes()),
    Kind("F09", "slow", EDGES, 2, draw=_sometimes(3.0)),
    Kind("F09", "delay_answer", EDGES, 2, draw=_sometimes(5.0)),
    Kind("F09", "trickle", EDGES, 1, draw=_sometimes(4.0)),
    Kind("F09", "truncate", EDGES, 1, draw=_sometimes()),
    Kind("F09", "garbage", EDGES, 1, draw=_sometimes()),
    Kind("F09", "bad_gateway", EDGES, 1, draw=_sometimes()),
    Kind("F09", "too_many", EDGES, 1, draw=_sometimes()),
    Kind("F09", "server_error", EDGES, 1, draw=_sometimes()),
    Kind("F10", "duplicate_message", QUEUE_EDGES, 5, 4.0, 15.0, _of_messages),
    Kind("F11", "hold_message", QUEUE_EDGES, 5, 4.0, 15.0, _of_messages),
    Kind("F13", "partial_batch", QUEUE_EDGES, 2, draw=_of_messages),
    Kind("F13", "throttle", QUEUE_EDGES, 1, draw=_sometimes()),
    Kind("F13", "queue_down", ("sqs",), 3, 3.0, 10.0),
    Kind("F13", "lose_queues", ("sqs",), 2, 0.0, 0.0),
    Kind("F14", "poison", QUEUES, 3, 0.0, 0.0, _poison),
    Kind("F15", "short_visibility", QUEUES, 2, 4.0, 15.0),
    Kind("F16", "duplicate", (WEBHOOKS,), 2, 2.0, 15.0, _five_times),
    Kind("F16", "slow", (WEBHOOKS,), 2, 2.0, 15.0, _sometimes(4.0)),
    Kind("F16", "forged", (WEBHOOKS,), 1, 2.0, 15.0, _sometimes()),
    Kind("F20", "skew", ("clock",), 1, 2.0, 8.0, _skew),
    Kind("F20", "jump", ("clock",), 1, 0.0, 0.0, _jump),
    Kind("F22", "restart_database", ("database",), 6, 0.0, 0.0, databases=POSTGRESQL),
    Kind("F23", "lock_database", SERVICES, 4, 2.0, 8.0),
    Kind("F25", "second_worker", WORKERS, 2, 4.0, 15.0),
    *PROVIDER,
)
# For a whole run: only reconciliation can detect the payments then.
WEBHOOKS_LOST = Kind("F16", "webhooks_lost", (WEBHOOKS,), 0)
CALLBACKS_LOST = Kind("F17", "callbacks_lost", (CLIENT_EDGES[-1],), 0)
