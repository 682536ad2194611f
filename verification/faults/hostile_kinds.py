"""The part of the catalogue in which hostile clients send requests."""

from random import Random

from devtools.layout import SERVICES
from verification.faults.rows import Kind, Parameters

WITH_KEYS = ("user-svc", "order-svc")


def _seed(random: Random) -> Parameters:
    return {"seed": random.randrange(1 << 32)}


HOSTILE = (
    Kind("F34", "large_bodies", SERVICES, 4, 3.0, 8.0, _seed),
    Kind("F34", "travelling_headers", SERVICES, 4, 3.0, 8.0, _seed),
    Kind("F34", "half_connections", SERVICES, 4, 5.0, 14.0, _seed),
    Kind("F34", "random_kids", SERVICES, 3, 3.0, 8.0, _seed),
    Kind("F34", "wrong_passwords", SERVICES, 3, 3.0, 8.0, _seed),
    Kind("F34", "random_keys", WITH_KEYS, 2, 3.0, 8.0, _seed),
)
BY_HOSTILE = frozenset(row.kind for row in HOSTILE)
