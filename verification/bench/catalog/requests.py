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

from chassis import json
from chassis.web import etag, pages, pagination
from verification.bench.catalog.data import CATEGORIES, KINDS, MAKERS, MATERIALS
from verification.bench.catalog.load import Heads, head
from verification.bench.catalog.servers import LIMITS, OURS, PLAIN, SECRET

MOST = len(CATEGORIES)
EMPTY = json.dumps({"data": [], "next_cursor": None})


@dataclass(frozen=True)
class Case:
    """A kind of request of one server."""

    title: str
    server: str
    heads: Callable[[random.Random, int], Heads]
    is_main: bool = True


def _bounds(chance: random.Random) -> str:
    low, high = chance.uniform(0, 10), chance.uniform(900, 999)
    return f"min_price={low:.2f}&max_price={high:.2f}"


def _each(make: Callable[[random.Random, int], str]) -> Any:
    return lambda chance, size: lambda: head(make(chance, size))


def _words(chance: random.Random) -> str:
    return f"q={chance.choice(MATERIALS)}+{chance.choice(KINDS)}"


def _suggested(chance: random.Random, _: int) -> str:
    word = chance.choice((*KINDS, *MATERIALS, *MAKERS[:20]))
    return f"/products/suggest/?q={word[: chance.randint(2, len(word))]}"


def _one(chance: random.Random, size: int) -> str:
    return f"/products/{chance.randint(1, size)}/"


def _place(sort: str, chance: random.Random, size: int) -> SimpleNamespace:
    """Return a row near the middle of a sort order."""
    number = size // 2 + chance.randint(-size // 5, size // 5)
    now = datetime.now(UTC)
    values = {
        "id": number,
        "price": Decimal(chance.randint(30_000, 70_000)) / 100,
        "name": f"{chance.choice(MAKERS)} lamp",  # the key that it is sorted by
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


def _filtered(query: Callable[[random.Random], str]) -> Any:
    """Return lists by a filter; bounds of the price keep them apart."""
    return _each(lambda chance, _: f"/products/?{query(chance)}&{_bounds(chance)}")


def _fresh(chance: random.Random, size: int) -> Heads:
    """Return requests of a list that the client has in its present version."""
    tag = etag.of(EMPTY)
    return lambda: head("/products/?ids=9223372036854775807", If_None_Match=f'"{tag}"')


SORTS = ("id", "price", "name", "created_at", "stock_quantity")
LISTS: dict[str, Any] = {
    **{f"middle of {one}": _deep(one) for one in (*SORTS, *(f"-{s}" for s in SORTS))},
    "category": _filtered(lambda chance: f"category={chance.randint(1, MOST)}"),
    "category by price": _filtered(
        lambda chance: f"category={chance.randint(1, MOST)}&sort=price"
    ),
    "in stock by name": _filtered(lambda chance: "in_stock=true&sort=name"),
    "lowest price": _each(
        lambda chance, _: f"/products/?min_price={chance.uniform(1, 900):.2f}"
    ),
    "price": _each(lambda chance, _: f"/products/?price={chance.uniform(1, 999):.2f}"),
    "ids": _each(
        lambda chance, size: (
            "/products/?ids=" + ",".join(str(chance.randint(1, size)) for _ in range(9))
        )
    ),
}
CASES = (
    Case("Flask hello", LIMITS, _each(lambda *_: "/")),
    Case("Flask + Core select", LIMITS, _each(_one)),
    Case("A", OURS, _each(lambda chance, _: f"/products/?{_bounds(chance)}")),
    Case("A, kept", OURS, _each(lambda *_: "/products/")),
    Case("A, 304", OURS, _fresh),
    Case("B", OURS, _each(_one)),
    Case("C", OURS, _each(lambda chance, _: f"/products/?{_words(chance)}")),
    Case("suggestions", OURS, _each(_suggested)),
    Case("A, FastAPI", PLAIN, _each(lambda chance, _: f"/products/?{_bounds(chance)}")),
    Case(
        "A without count, FastAPI",
        PLAIN,
        _each(lambda chance, _: f"/products/?count=false&{_bounds(chance)}"),
    ),
    Case("B, FastAPI", PLAIN, _each(_one)),
    Case("C, FastAPI", PLAIN, _each(lambda chance, _: f"/products/?{_words(chance)}")),
    *(
        Case(f"A, {title}", OURS, heads, is_main=False)
        for title, heads in LISTS.items()
    ),
)
