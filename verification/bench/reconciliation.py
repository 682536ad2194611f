"""The time and memory of `flask payments reconcile` for many payments.

`python -m verification.bench.reconciliation --payments 5000` fills a database of
payment-svc, answers each call to Razorpay's lists after 100 ms, and follows the run;
`--database postgresql` does so on a PostgreSQL server of its own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, cast

import click

from devtools.local import postgres
from verification.bench.listed_payments import DAYS, Listed, served
from verification.bench.stored_payments import environment, fill

PAGE = 100  # payments
MEMORY_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
GOAL_PAYMENTS, GOAL_SECONDS = 100_000, 600


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    """Yield the address of a database file."""
    yield f"sqlite:///{folder / 'payments.sqlite3'}"


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """Run a server with durable settings; yield the address of its database."""
    server = postgres.Server(folder, postgres.DURABLE)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


DATABASES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


@dataclass(frozen=True)
class Turn:
    """A line of progress: after how many seconds, and the memory in MB."""

    seconds: float
    memory: float


@click.command()
@click.option("--payments", type=click.IntRange(1000, 200_000), default=5_000)
@click.option("--delay", type=float, default=0.1, help="Seconds of each call.")
@click.option("--database", type=click.Choice(list(DATABASES)), default="sqlite")
def main(payments: int, delay: float, database: str) -> None:
    """Measure one run; exit with 1 if 100,000 payments would take over 10 minutes."""
    now = datetime.now(UTC).replace(microsecond=0)
    since = now - timedelta(days=DAYS)
    listed = Listed.spread(payments, since, now)
    with (
        tempfile.TemporaryDirectory() as folder,
        DATABASES[database](Path(folder)) as address,
        served(listed, delay) as url,
    ):
        environ = environment(address, url)
        fill(environ, listed)
        click.echo(f"{payments:,} payments are stored; the run begins", err=True)
        turns = list(_follow(environ, since))
    whole = expected_seconds(payments, turns)
    click.echo(_report(turns, whole))
    sys.exit(int(whole > GOAL_SECONDS))


def _follow(environ: dict[str, str], since: datetime) -> Iterator[Turn]:
    """Run the command; yield each line of its progress."""
    command = (sys.executable, "-m", "flask", "--app", "payment_svc", "payments")
    options = ("reconcile", "--since", f"{since:%Y-%m-%dT%H:%M:%S}")
    pipe = subprocess.PIPE
    run = subprocess.Popen(
        [*command, *options], env=environ, stdout=pipe, stderr=pipe, text=True
    )
    out, err = cast(IO[str], run.stdout), cast(IO[str], run.stderr)
    started = time.monotonic()
    for line in err:
        if " payments/s" in line:
            yield Turn(time.monotonic() - started, _resident(run.pid))
    result = out.read()
    if run.wait():
        raise click.ClickException(f"the run found differences:\n{result}")
    click.echo(result.strip().splitlines()[-1])


def expected_seconds(payments: int, turns: Sequence[Turn]) -> float:
    """Return how long 100,000 payments take, by the seconds of one turn.

    Each page of 100 payments is a turn. The other turns read ends of windows and the
    other lists, and do not increase with the payments.
    """
    of_one = (turns[-1].seconds - turns[0].seconds) / (len(turns) - 1)
    return of_one * (len(turns) + (GOAL_PAYMENTS - payments) / PAGE)


def _resident(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * MEMORY_PAGE_MB
    except (FileNotFoundError, IndexError):
        return 0.0


def _report(turns: Sequence[Turn], whole: float) -> str:
    memory = [turn.memory for turn in turns]
    early = max(memory[: len(memory) // 5 + 1])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        f"{len(turns)} turns in {turns[-1].seconds - turns[0].seconds:.1f} s, "
        f"{used.ru_utime + used.ru_stime:.1f} s of CPU with the start; "
        f"{GOAL_PAYMENTS:,} payments take {whole / 60:.1f} minutes at this rate. "
        f"Memory: {early:.0f} MB in the first fifth, {max(memory):.0f} MB at most."
    )


if __name__ == "__main__":
    main()
