"""Requests that could be slow: each is sent alone, and its answer is timed."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import product
from urllib.parse import urlencode

from devtools.layout import HOST
from verification.bench.catalog.data import MAKERS

SORTS = [
    sign + name
    for name in ("id", "name", "price", "created_at", "stock_quantity")
    for sign in ("", "-")
]
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"category": "3"},
    {"category": "3,4,5,6"},
    {"price": "5.00"},
    {"min_price": "999"},
    {"min_price": "5", "max_price": "5.10"},
    {"min_price": "5", "max_price": "8"},
    {"in_stock": "false"},
    {"in_stock": "true"},
    {"ids": "1,20,300,4000"},
    {"category": "3", "in_stock": "false", "max_price": "500"},
)
WORDS: tuple[dict[str, str], ...] = (
    {"q": "steel"},
    {"q": "steel kadai"},
    {"q": "kadhai stel"},
    {"q": "kitchen garden"},
    {"q": "for use lid"},
    {"q": "k"},
    {"q": MAKERS[7]},
    {"q": '"steel kadai"'},
    {"name": "ka"},
    {"name": "eel"},
    {"description": "teak"},
)
BAD = (
    *("x" * 200, "क" * 200, " ".join("ab" * 1 for _ in range(66)), "steel " * 33),
    *("!?.,;:", "()[]{}", "😀😀", "\u200d\u200b", "%", "_", "%%__%", '"steel', "'"),
    *("' OR 1=1 --", ".*(a+)+$", "\\", "a b c d e f g h i j k l m", "ﷺ" * 100),
)


@dataclass(frozen=True)
class Asked:
    """A request, how it was answered, and how long each answer took, in ms."""

    kind: str
    products: int
    path: str
    status: int
    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the times."""
        return statistics.median(self.times)


def _paths() -> Iterator[tuple[str, str]]:
    for filters, sort in product(FILTERS, SORTS):
        yield "each filter with each sort", _path(filters, sort)
    yield from _searches()
    for typed in ("k", "st", "steel kad", "kitchen g", "for use", "kadhai", "ba chi"):
        yield "suggestions", f"/products/suggest/?{urlencode({'q': typed})}"
    for filters in (*FILTERS, *WORDS):
        yield "facets", f"/products/facets/?{urlencode(filters)}"
    for typed, name in product(BAD, ("q", "name", "description")):
        yield "bad input", _path({name: typed})
    yield "bad input", _path({"cursor": "WyJpZCIsImludCIsIjIwIiwyMF0.x"}, "price")


def _searches() -> Iterator[tuple[str, str]]:
    for words, sort in product(WORDS, SORTS):
        yield "words with each sort", _path(words, sort)
    for words, filters in product(WORDS, FILTERS):
        yield "words with each filter", _path({**words, **filters})


def _path(filters: dict[str, str], sort: str = "") -> str:
    query = {**filters, "sort": sort} if sort else filters
    return f"/products/?{urlencode(query)}"


def ask(port: int, products: int, rounds: int) -> Iterator[Asked]:
    """Send each request; the limit differs each time, so that no kept page answers."""
    for kind, path in _paths():
        connection = HTTPConnection(HOST, port, timeout=30)
        times = []
        for limit in range(20, 20 + rounds):
            more = "" if "facets" in path or "suggest" in path else f"&limit={limit}"
            started = time.perf_counter()
            connection.request("GET", path + more)
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - started) * 1000)
        connection.close()
        yield Asked(kind, products, path, answer.status, tuple(times))
