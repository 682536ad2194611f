"""The requests that are measured, by server."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from chassis.web import pages, pagination
from verification.bench.catalog.data import KINDS, MATERIALS
from verification.bench.catalog.load import Heads, head
from verification.bench.catalog.servers import LIMITS, OURS, PLAIN, SECRET


@dataclass(frozen=True)
class Case:
    """A kind of request of one server."""

    title: str
    server: str
    heads: Callable[[random.Random, int], Heads]


def _bounds(chance: random.Random) -> str:
    low, high = chance.uniform(0, 10), chance.uniform(900, 999)
    return f"min_price={low:.2f}&max_price={high:.2f}"


def _each(make: Callable[[random.Random, int], str]) -> Any:
    return lambda chance, size: lambda: head(make(chance, size))


def _words(chance: random.Random) -> str:
    return f"q={chance.choice(MATERIALS)}+{chance.choice(KINDS)}"


def _one(chance: random.Random, size: int) -> str:
    return f"/products/{chance.randint(1, size)}/"


def _place(sort: str, chance: random.Random, size: int) -> SimpleNamespace:
    """Return a row near the middle of a sort order."""
    number = size // 2 + chance.randint(-size // 5, size // 5)
    now = datetime.now(UTC)
    values = {
        "id": number,
        "price": Decimal(chance.randint(30_000, 70_000)) / 100,
        "name": f"{chance.choice(MATERIALS).title()} lamp {number}",
        "created_at": now - timedelta(seconds=number),
        "stock_quantity": chance.randint(60, 140),
    }
    return SimpleNamespace(**values)


def _deep(sort: str) -> Any:
    """Return pages near the middle, more than a process keeps."""

    def heads(chance: random.Random, size: int) -> Heads:
        app = Flask(__name__)
        app.secret_key = SECRET
        with app.test_request_context(f"/products/?sort={sort}"):
            places = [_place(sort, chance, size) for _ in range(4 * pages.MOST)]
            cursors = [pagination.cursor_of(one, sort) for one in places]
        queries = (urlencode({"sort": sort, "cursor": one}) for one in cursors)
        return cycle([head(f"/products/?{query}") for query in queries]).__next__

    return heads


CASES = (
    Case("Flask hello", LIMITS, _each(lambda *_: "/")),
    Case("Flask + Core select", LIMITS, _each(_one)),
    Case("A", OURS, _each(lambda chance, _: f"/products/?{_bounds(chance)}")),
    Case("A, kept", OURS, _each(lambda *_: "/products/")),
    Case("B", OURS, _each(_one)),
    Case("C", OURS, _each(lambda chance, _: f"/products/?{_words(chance)}")),
    Case("A, FastAPI", PLAIN, _each(lambda chance, _: f"/products/?{_bounds(chance)}")),
    Case(
        "A without count, FastAPI",
        PLAIN,
        _each(lambda chance, _: f"/products/?count=false&{_bounds(chance)}"),
    ),
    Case("B, FastAPI", PLAIN, _each(_one)),
    Case("C, FastAPI", PLAIN, _each(lambda chance, _: f"/products/?{_words(chance)}")),
    Case(
        "A of a category by price",
        OURS,
        _each(
            lambda chance, _: (
                f"/products/?category={chance.randint(1, 50)}&sort=price"
                f"&{_bounds(chance)}"
            )
        ),
    ),
    *(
        Case(f"A in the middle of {sort}", OURS, _deep(sort))
        for sort in ("id", "price", "-created_at", "name", "stock_quantity")
    ),
)
