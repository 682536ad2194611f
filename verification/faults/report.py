"""The summary of results, as the text of docs/faults.md."""

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from verification.faults.failpoints import EVERY
from verification.faults.history import FAIL, INFO, OK
from verification.faults.outages import OUTAGES
from verification.faults.plans import ALL, BY_ITSELF, BY_STRANGERS
from verification.faults.runs import Result

# Figure -> the invariants and checks that would show it.
FIGURES = {
    "oversold units": ("I01", "I02", "I03", "H4"),
    "double charges, refunds that differ": ("I06", "I08", "I09", "I10", "I17"),
    "lost orders or captures": ("H1", "I07", "I04"),
    "one request, two effects": ("H2", "H7", "I14"),
    "stuck orders, payments or refunds": ("I11", "stuck"),
    "leaked reservations": ("I05",),
    "lost or invented messages": ("I12",),
    "illegal transitions": ("I13", "H3"),
    "orphans, sessions, foreign orders": ("I15", "I16", "H5", "H8"),
    "internal errors (5xx except 503)": ("H6",),
    "forged webhooks accepted": ("forged",),
    "unexpected exits of processes": ("process",),
    "dashboard refunds never seen": ("unseen",),
    "bounds exceeded for hostile clients": ("endurance",),
}


def load(folders: Iterable[Path]) -> list[Result]:
    """Read the results below these folders."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("results.jsonl")):
            found += [
                Result(**json.loads(line)) for line in path.read_text().splitlines()
            ]
    return found


def summary(results: Sequence[Result]) -> str:
    """Return the figures of all results as a Markdown text."""
    runs = [r for r in results if _is_seed(r) and r.kinds == ALL]
    by_provider = [r for r in results if _is_seed(r) and r.kinds == BY_ITSELF]
    by_strangers = [r for r in results if _is_seed(r) and r.kinds == BY_STRANGERS]
    visits = [r for r in results if not _is_seed(r) and r.name not in OUTAGES]
    outages = [result for result in results if result.name in OUTAGES]
    faults, operations, broken = Counter[str](), Counter[str](), Counter[str]()
    for result in results:
        faults.update(result.faults)
        operations.update(result.operations)
        broken.update(violation["id"] for violation in result.violations)
    lines = ["", "| measure | value |", "| --- | --- |"]
    heads = [
        *_heads(runs, visits, results),
        ("outages of a minute", _by_database(outages)),
        *_by_itself(by_provider),
        ("random runs of hostile clients", _by_database(by_strangers)),
        ("seeds of hostile clients", _span(by_strangers)),
    ]
    lines += [f"| {name} | {value} |" for name, value in heads if value not in ABSENT]
    lines += [
        f"| operations {word} | {operations[key]} |" for key, word in WORDS.items()
    ]
    for figure, ids in FIGURES.items():
        lines.append(f"| {figure} | **{sum(broken[id_] for id_ in ids)}** |")
    lines += ["", "| fault | times |", "| --- | --- |"]
    lines += [f"| {kind} | {number} |" for kind, number in sorted(faults.items())]
    return "\n".join(lines) + "\n"


ABSENT = ("0", "none")  # no such run
WORDS = {OK: "that took effect", FAIL: "refused", INFO: "of unknown outcome"}


def _is_seed(result: Result) -> bool:
    return result.name.isdigit()


def _heads(
    runs: Sequence[Result], visits: Sequence[Result], results: Sequence[Result]
) -> list[tuple[str, str]]:
    hit = {(v.name.partition(":")[0]) for v in visits if v.crashed_at}
    commits = Counter(result.commit for result in results)
    drains = [result.drain_seconds for result in results] or [0.0]
    heads = [
        ("commit", ", ".join(f"{name} ({n})" for name, n in commits.items())),
        ("random runs", _by_database(runs)),
        ("seeds", _span(runs)),
        ("failpoints visited", _by_database(visits)),
        (
            "visits that reached their failpoint",
            str(sum(bool(v.crashed_at) for v in visits)),
        ),
        ("failpoints hit / defined", f"{len(hit)} / {len(EVERY)}" if visits else "0"),
        ("orders placed", str(sum(result.orders for result in results))),
        (
            "seconds to drain, median / maximum",
            f"{statistics.median(drains):.1f} / {max(drains):.1f}",
        ),
    ]
    if runs and not any(result.violations for result in runs):
        bound = 3 / len(runs)
        heads.append(("failures per run, 95 % confidence", f"below {bound:.1%} (3/n)"))
    return heads


def _by_itself(runs: Sequence[Result]) -> list[tuple[str, str]]:
    """Return the rows of the runs in which only the provider's side acts by itself."""
    seen = [one for result in runs for one in result.sightings if one["is_seen"]]
    after = [float(one["after_webhook"]) for one in seen if "after_webhook" in one]
    polls = [int(one["polls"]) for one in seen if "polls" in one]
    refused = [float(one["after_call"]) for one in seen if "was_refused" in one]
    return [
        ("random runs of the provider's side", _by_database(runs)),
        ("seeds of these runs", _span(runs)),
        (
            "seconds from the webhook to a seen dashboard refund, median / maximum",
            _spread(after, "{:.2f}"),
        ),
        (
            "poll periods to a dashboard refund without a webhook, median / maximum",
            _spread(polls, "{:g}"),
        ),
        (
            "seconds to a dashboard refund while all calls were refused",
            _spread(refused, "{:.2f}"),
        ),
    ]


def _spread(values: Sequence[float], shape: str) -> str:
    """Return the median, the maximum and the number of values."""
    if not values:
        return "none"
    middle, most = (shape.format(n) for n in (statistics.median(values), max(values)))
    return f"{middle} / {most} ({len(values)} refunds)"


def _by_database(results: Sequence[Result]) -> str:
    numbers = Counter(result.database for result in results)
    parts = (f"{number} on {name}" for name, number in sorted(numbers.items()))
    return f"{len(results)} ({', '.join(parts)})" if results else "0"


def _span(runs: Sequence[Result]) -> str:
    seeds = sorted(int(result.name) for result in runs)
    return f"{seeds[0]} .. {seeds[-1]}" if seeds else "none"


PROCESSES = "Processes, connections, queue and database"
CLIENTS = "The provider's side, and hostile clients"


def write(results: Sequence[Result], page: str = "") -> str:
    """Return the report that docs/faults.md holds.

    A part of which there are no results stays as it is in `page`, the present report.
    """
    parts = {
        PROCESSES: [result for result in results if result.kinds == ALL],
        CLIENTS: [result for result in results if result.kinds != ALL],
    }
    text = HEAD
    for title, found in parts.items():
        text += f"\n## {title}\n" + (summary(found) if found else _kept(page, title))
    return text


def _kept(page: str, title: str) -> str:
    """Return a part of the present report."""
    part = page.partition(f"\n## {title}\n")[2]
    return part.partition("\n## ")[0].rstrip("\n") + "\n"


HEAD = """# Fault injection

This page is written by the commands below; they measured every figure.

```sh
make faults ARGS="--keep var/faults sweep"
make faults ARGS="--keep var/faults campaign --runs 50"
make faults ARGS="--keep var/faults campaign --kinds provider --runs 20"
make faults ARGS="--keep var/faults campaign --kinds hostile --runs 20"
make faults ARGS="--keep var/faults outages"
make faults ARGS="report var/faults --out docs/faults.md"
```

Each run starts real processes with a proxy on every connection, and customers that
record what they observe. After each run all faults end and the shop drains. Then the
audit checks the four databases and the ledger of the Razorpay sandbox, and the recorded
history of the customers is compared with them.
The row *commit* names the tested code, with its number of results.
In the *random runs of the provider's side* no process and no connection fails. Staff
refund in Razorpay's dashboard, banks raise and decide disputes, customers pay a fee or
get an offer, the account refuses calls in other words, and Razorpay's clock is ahead
of the shop's. In some of these runs no webhook arrives; the nightly comparison with
Razorpay's lists, which ends these runs, then finds the disputes. Each dashboard refund
is timed until payment-svc has stored it: in seconds since its webhook was stored, or in
due polls of its payment link if no webhook has arrived. While the account refuses all
calls nobody can read a refund; these refunds are counted apart, from the time of the
refund.
In the *random runs of hostile clients* strangers and a customer attack the services
while the others buy: bodies of 1 MiB and broken chunks, headers that travel into calls
between services, connections that never finish a request, tokens with random key ids,
wrong passwords and random idempotency keys. The harness kills no process. Every service
must answer `/healthz/` within 5 s, use at most 512 MiB and keep its worker processes.
Every refusal must be a problem document, no answer may be a 5xx except 503, and at most
1 % of the customers' orders may be lost. The table of faults counts the requests of
these clients.
Runs without a failure do not prove that there is none: the row *failures per run* gives
the upper bound.
"""
