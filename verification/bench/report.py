"""The results of the benchmark, as a section of docs/performance.md."""

import statistics
from collections.abc import Sequence

from verification.bench.figures import Result, median_rate, percentile
from verification.bench.latency import LINK
from verification.bench.machine import Machine

LINK_WITHIN = 1.0
LOCAL = "sqlite"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def is_late(results: Sequence[Result]) -> bool:
    """Return whether the payment link is too slow in the local run."""
    return any(_link_p99(one) > LINK_WITHIN for one in results if one.database == LOCAL)


def _link_p99(result: Result) -> float:
    return percentile(result.latencies[LINK], 99)


def write(arguments: str, machine: Machine, results: Sequence[Result]) -> str:
    """Return the section: the command, the machine, the figures and their meaning."""
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
    word = "**missed**" if is_late(results) else "met"
    late = f"The target of a link within {LINK_WITHIN:.0f} s (p99) of the 201 on SQLite"
    is_judged = any(one.database == LOCAL for one in results)
    return f"{late} is {word}.\n" if is_judged else f"{late} was not measured.\n"


HEAD = """## Orders

```sh
make bench{arguments}
```
"""
SPEED = """### Orders accepted per second

The benchmark starts the whole shop as `make run` does; all processes and the customers
run on this machine. By default 8 customers place orders of two products in a loop, each
on one persistent connection. After a warm-up each round measures orders without and
with `Idempotency-Key`; the ratio compares the two halves of a round: median, minimum
and maximum. The workers create a payment link for each order at the same time.
PostgreSQL and SQLite wait for the disk at each commit. Two limits are raised: the open
orders of a customer and the lifetime of a token.
"""
WAITS = """### Latency of an idle shop

One order at a time, each after a random pause; five warm-up orders are not counted.
The outbox latency comes from the outbox rows: from their creation (just before the
commit) to the time at which the queue accepted the message. The client measures the
link, from the 201 to the first GET that returns it, and polls every few milliseconds.
"""
