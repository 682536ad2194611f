"""The figures of the catalogue, as a section of docs/performance.md."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verification.bench.catalog.load import Load
from verification.bench.catalog.slow import Asked
from verification.bench.machine import Machine

HELLO, CORE = "Flask hello", "Flask + Core select"
# A case, the case that it is compared with, and the least ratio.
WANTED = (
    ("A", "A, FastAPI", 1.4),
    ("A", HELLO, 0.14),
    ("A, kept", HELLO, 0.4),
    ("B", CORE, 0.8),
    ("C", CORE, 0.4),
)
# A case, and the least part of its rate that a larger catalogue leaves.
GROWTH = {"C": 0.75}
LEAST_GROWTH = 0.9
MOST_P99 = {"A": 60.0, "B": 60.0, "C": 60.0, "suggestions": 30.0}
SLOWEST = 300.0
FALSE_STATUSES = range(500, 600)


@dataclass(frozen=True)
class Figure:
    """One measurement: the load, and the processor time of server and database."""

    title: str
    products: int
    load: Load
    cpu: float

    @property
    def cpu_ms(self) -> float:
        """Processor time of a request in milliseconds."""
        return self.cpu / len(self.load.latencies) * 1000


@dataclass(frozen=True)
class Medians:
    """The medians of the rounds of a case."""

    rate: float
    p50: float
    p99: float
    cpu_ms: float
    failures: int


def medians(figures: Iterable[Figure]) -> dict[tuple[str, int], Medians]:
    """Return the medians by title and number of products."""
    found: dict[tuple[str, int], list[Figure]] = {}
    for figure in figures:
        found.setdefault((figure.title, figure.products), []).append(figure)
    return {key: _of(rounds) for key, rounds in found.items()}


def _of(rounds: list[Figure]) -> Medians:
    median = statistics.median
    return Medians(
        median(one.load.rate for one in rounds),
        median(one.load.p(50) for one in rounds),
        median(one.load.p(99) for one in rounds),
        median(one.cpu_ms for one in rounds),
        sum(map(_failures, rounds)),
    )


def _failures(figure: Figure) -> int:
    good = ("200", "304")
    return sum(n for s, n in figure.load.statuses.items() if s not in good)


def _rows(found: dict[tuple[str, int], Medians]) -> list[str]:
    rows = []
    for (title, products), one in found.items():
        hello, core = (found.get((name, products)) for name in (HELLO, CORE))
        ratios = [
            f"{one.rate / base.rate:.2f}" if base else "" for base in (hello, core)
        ]
        figures = [f"{one.rate:.0f}", *ratios, f"{one.p50:.1f}", f"{one.p99:.1f}"]
        cells = [title, f"{products:,}", *figures, f"{one.cpu_ms:.2f}"]
        rows.append(f"| {' | '.join([*cells, str(one.failures)])} |")
    return rows


def missed(found: dict[tuple[str, int], Medians]) -> list[str]:
    """Return a sentence for each requirement that the figures miss."""
    sizes = sorted({products for _, products in found})
    problems = []
    for title, base, least in WANTED:
        one, other = found.get((title, sizes[0])), found.get((base, sizes[0]))
        if one and other and one.rate / other.rate < least:
            ratio = one.rate / other.rate
            problems.append(f"{title} is {ratio:.2f} of {base}; wanted {least}.")
    for (title, products), one in found.items():
        if one.p99 > MOST_P99.get(title, 1e9):
            problems.append(f"{title}, {products:,}: p99 is {one.p99:.0f} ms.")
    return [*problems, *_grown(found, sizes)]


def _grown(found: dict[tuple[str, int], Medians], sizes: list[int]) -> list[str]:
    """Return what a larger catalogue slows by more than is wanted."""
    problems = []
    for (title, products), one in found.items():
        small = found[title, sizes[0]]
        least, ratio = GROWTH.get(title, LEAST_GROWTH), one.rate / small.rate
        if ratio < least and title.split(",")[0] in ("A", "B", "C"):
            problems.append(f"{title}, {products:,}: {ratio:.2f} of the smaller one.")
    return [one for one in problems if "FastAPI" not in one]


def slow(asked: Iterable[Asked]) -> list[str]:
    """Return a sentence for each request that was answered slowly or not at all."""
    return [
        f"`{one.path}`, {one.products:,}: {one.status}, {one.median:.0f} ms."
        for one in asked
        if one.median > SLOWEST or one.status in FALSE_STATUSES
    ]


def _slow_rows(asked: Sequence[Asked]) -> list[str]:
    rows = []
    for kind, products in dict.fromkeys((one.kind, one.products) for one in asked):
        mine = [one for one in asked if (one.kind, one.products) == (kind, products)]
        medians = sorted(one.median for one in mine)
        above = sum(one > SLOWEST for one in medians)
        cells = [kind, f"{products:,}", str(len(mine))]
        cells += [f"{statistics.median(medians):.1f}", f"{medians[-1]:.1f}", str(above)]
        failed = sum(one.status in FALSE_STATUSES for one in mine)
        rows.append(f"| {' | '.join([*cells, str(failed)])} |")
    return rows


def _described(machine: Machine) -> str:
    return (
        f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python "
        f"{machine.python}; load before the start {machine.load:.2f}."
    )


def section(
    arguments: str,
    machine: Machine,
    found: dict[tuple[str, int], Medians],
    asked: Sequence[Asked] = (),
    scans: Sequence[str] = (),
) -> str:
    """Return the section: command, machine, figures and what is missed."""
    problems = [*missed(found), *slow(asked), *scans]
    warning = [] if machine.is_idle else [f"> **Warning.** {machine.warning}", ""]
    lines = [
        HEAD.format(arguments=f' ARGS="{arguments}"' if arguments else ""),
        *warning,
        _described(machine),
        "",
        COLUMNS,
        *_rows(found),
        "",
        ALONE,
        *_slow_rows(asked),
        "",
        *(f"- {problem}" for problem in problems or ["Every requirement is met."]),
        "",
    ]
    return "\n".join(lines)


HEAD = """## The catalogue beside other stacks

```sh
make bench-catalog{arguments}
```

PostgreSQL and one server at a time run on one core, the load of 16 kept connections on
another; medians of the rounds. **A** is a list of 20 products whose bounds of the price
differ in each request, **B** one product, **C** a search of two words. *Kept* is a list
that the process has serialised already. FastAPI is a plain shop with async SQLAlchemy
(`verification/bench/catalog/shops`). CPU is the processor time of server and database
for a request. Compare ratios, and compare runs of one machine only.
"""
COLUMNS = (
    "| request | products | /s | of hello | of Core | p50 ms | p99 ms | CPU ms "
    "| failed |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
ALONE = """Requests that could be slow, each sent alone in as many rounds; the times are
medians of a request.

| requests | products | different | median ms | slowest ms | above 300 ms | failed |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |"""
