"""What the benchmark found, as the page that docs/benchmarks.md is."""

import statistics
from collections.abc import Sequence

from verification.bench.figures import Result, median_rate, percentile
from verification.bench.latency import LINK
from verification.bench.machine import Machine

LINK_WITHIN = 1.0
LOCAL = "sqlite"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def is_late(results: Sequence[Result]) -> bool:
    """Say whether the local run breaks the promise about the payment link."""
    return any(_link_p99(one) > LINK_WITHIN for one in results if one.database == LOCAL)


def _link_p99(result: Result) -> float:
    return percentile(result.latencies[LINK], 99)


def write(arguments: str, machine: Machine, results: Sequence[Result]) -> str:
    """Return the page: the command, the machine, the figures and what they mean."""
    parts = [HEAD.format(arguments=f' ARGS="{arguments}"' if arguments else "")]
    if not machine.is_idle:
        parts.append(f"> **Warning.** {machine.warning}\n")
    parts += [_machine(machine, results), SPEED, _speeds(results)]
    parts += [WAITS, _waits(results), _verdict(results)]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = ["---", *["---:"] * (len(head) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, marks, *rows)]
    return "\n".join(lines) + "\n"


def _machine(machine: Machine, results: Sequence[Result]) -> str:
    versions = (f"{NAMES[one.database]} {one.version}" for one in results)
    rows = [
        ("processor", f"{machine.cpu}, {machine.cores} cores"),
        ("system", f"{machine.system}, Python {machine.python}"),
        ("databases", ", ".join(versions)),
        ("before the start", f"load {machine.load:.2f}, {machine.busy:.0f} % busy"),
    ]
    return _table(("machine", ""), rows)


def _speeds(results: Sequence[Result]) -> str:
    rows = []
    for one in results:
        rates, ratios = one.rates, one.rates.ratios
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        rows.append(
            (
                NAMES[one.database],
                f"{median_rate(rates.without_key):.1f}",
                f"{median_rate(rates.with_key):.1f}",
                f"{statistics.median(ratios):.2f} ({spread})",
                str(len(ratios)),
                str(rates.refused),
            )
        )
    head = ("orders/s", "without the key", "with the key", "ratio", "rounds", "refused")
    return _table(head, rows)


def _waits(results: Sequence[Result]) -> str:
    rows = [
        (
            f"{NAMES[one.database]}: {title}",
            f"{percentile(waits, 50) * 1000:.0f}",
            f"{percentile(waits, 99) * 1000:.0f}",
            str(len(waits)),
        )
        for one in results
        for title, waits in one.latencies.items()
    ]
    return _table(("milliseconds", "p50", "p99", "orders"), rows)


def _verdict(results: Sequence[Result]) -> str:
    word = "**broken**" if is_late(results) else "kept"
    late = (
        f"The promise of a link within {LINK_WITHIN:.0f} s (p99) of the 201 on SQLite"
    )
    is_judged = any(one.database == LOCAL for one in results)
    return f"{late} is {word}.\n" if is_judged else f"{late} was not measured.\n"


HEAD = """# How fast the shop is

Written by the command below; every figure is of that one run.
Figures move with the machine: compare ratios, and compare runs on one machine alone.

```sh
make bench{arguments}
```
"""
SPEED = """## Orders accepted per second

The whole shop as `make run` starts it, all its processes and the customers on this
machine. Customers, 8 unless said otherwise, order two products each again and again, on
a connection that stays open. The sides take turns, with and without `Idempotency-Key`,
after a warm-up; the ratio is of the two sides of a round: its median, least and most.
The workers make a payment link for each order meanwhile. PostgreSQL and SQLite wait for
the disk at each commit. Only the limits of one customer's open orders and of a token's
life are lifted.
"""
WAITS = """## Latency of an idle shop

One order at a time, each after a pause of chance; five to warm up are not counted. The
outbox is timed by its own rows, from the making of the row (just before its commit) to
the mark that the queue has taken it. The link is timed by the client, from the 201 to
the first GET that shows it, asked again every few milliseconds.
"""
