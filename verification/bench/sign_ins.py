"""`python -m verification.bench.sign_ins`: what many sign-ins cost the others.

64 clients sign in at once, again and again, while customers read their profiles. Rounds
with and without the sign-ins alternate within one run.
"""

import http.client
import json
import multiprocessing
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
import psutil

from devtools.layout import HOST
from devtools.terminal import end_on_sigterm
from verification.bench.figures import percentile
from verification.bench.serving import served
from verification.bench.shops import MeasuredShop

SERVICE = "user-svc"
P99_MOST = 0.1  # seconds
MEMORY_MOST = 150.0  # MiB
CUSTOMERS = 4
PAUSE = 0.25  # seconds of a client between two sign-ins
JSON = {"Content-Type": "application/json"}


@dataclass
class Side:
    """What was measured with, or without, sign-ins."""

    profiles: list[float] = field(default_factory=list)
    failed: int = 0
    memory: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def p99(self) -> float:
        """The 99th percentile of the profiles' seconds; infinite without an answer."""
        return percentile(self.profiles, 99) if len(self.profiles) > 1 else float("inf")


def report(quiet: Side, busy: Side) -> list[str]:
    """Return the problems; print the figures."""
    click.echo(f"p99 without sign-ins: {quiet.p99 * 1000:.1f} ms")
    ratio = busy.p99 / quiet.p99
    click.echo(f"p99 with sign-ins:    {busy.p99 * 1000:.1f} ms, ratio {ratio:.2f}")
    click.echo(f"memory: {quiet.memory:.0f} MiB, then {busy.memory:.0f} MiB")
    click.echo(f"answers to sign-ins: {dict(sorted(busy.statuses.items()))}")
    found = []
    if busy.p99 > P99_MOST:
        found.append(f"The p99 is above {P99_MOST * 1000:.0f} ms.")
    if busy.memory > MEMORY_MOST:
        found.append(f"The memory is above {MEMORY_MOST:.0f} MiB.")
    if quiet.failed or busy.failed:
        found.append(f"{quiet.failed + busy.failed} requests got no profile.")
    if set(busy.statuses) - {200, 503} or not busy.statuses[200]:
        found.append("A sign-in was neither accepted nor refused as busy.")
    return found


def memory(pid: int) -> float:
    """Return the MiB of a process and its children; shared pages count once."""
    root = psutil.Process(pid)
    each = [root, *root.children(recursive=True)]
    return float(sum(one.memory_full_info().pss for one in each) / (1 << 20))


def post(port: int, body: dict[str, str]) -> tuple[int, Any]:
    """Sign in; return the status and the answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("POST", "/user/login/", json.dumps(body), JSON)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


# ---- sign-ins, in a process of their own ----
def _press(port: int, body: dict[str, str], over: Any, statuses: Counter[int]) -> None:
    while not over.is_set():
        try:
            status = post(port, body)[0]
        except (OSError, http.client.HTTPException, ValueError):
            status = 0
        statuses[status] += 1
        time.sleep(PAUSE)


def press(port: int, body: dict[str, str], clients: int, over: Any, sent: Any) -> None:
    """Sign in from many threads until it is over; send the counts of the statuses."""
    os.nice(5)  # the clients would be on other machines
    each = [Counter[int]() for _ in range(clients)]
    threads = [
        threading.Thread(target=_press, args=(port, body, over, one)) for one in each
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.send(sum(each, Counter()))


@contextmanager
def sign_ins(
    port: int, body: dict[str, str], clients: int, statuses: Counter[int]
) -> Iterator[None]:
    """Let clients sign in meanwhile; count the statuses of the answers."""
    received, sent = multiprocessing.Pipe(duplex=False)
    over = multiprocessing.Event()
    args = (port, body, clients, over, sent)
    process = multiprocessing.Process(target=press, args=args, daemon=True)
    process.start()
    try:
        yield
    finally:
        over.set()
        statuses.update(received.recv())
        process.join()


# ---- customers ----
def _time(port: int, token: str, until: float, side: Side) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    headers = {"Authorization": f"Bearer {token}"}
    while (started := time.perf_counter()) < until:
        try:
            connection.request("GET", "/user/me/", headers=headers)
            answer = connection.getresponse()
            answer.read()
            side.failed += answer.status != 200
        except (OSError, http.client.HTTPException):
            side.failed += 1
            connection.close()
        side.profiles.append(time.perf_counter() - started)
        time.sleep(0.01)


def measure(port: int, token: str, seconds: float, side: Side) -> None:
    """Let customers read their profiles."""
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_time, args=(port, token, until, side))
        for _ in range(CUSTOMERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _rounds(
    shop: MeasuredShop, rounds: int, seconds: float, clients: int
) -> tuple[Side, Side]:
    quiet, busy = Side(), Side()
    port, pid = shop.site.port(SERVICE), shop.running[SERVICE].pid
    values = shop.environment(SERVICE)
    names = {"email": "DEMO_CUSTOMER_EMAIL", "password": "DEMO_CUSTOMER_PASSWORD"}
    body = {name: values[variable] for name, variable in names.items()}
    token = post(port, body)[1]["access_token"]
    measure(port, token, 1.0, Side())  # warm up
    for _ in range(rounds):
        measure(port, token, seconds, quiet)
        quiet.memory = quiet.memory or memory(pid)
        with sign_ins(port, body, clients, busy.statuses):
            measure(port, token, seconds, busy)
            busy.memory = max(busy.memory, memory(pid))
    return quiet, busy


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=5)
@click.option("--seconds", type=float, default=4.0, help="Half the time of a round.")
@click.option("--clients", type=int, default=64, help="Clients that sign in.")
def main(rounds: int, seconds: float, clients: int) -> None:
    """Measure; exit with 1 when sign-ins cost the others too much."""
    end_on_sigterm()
    with served(SERVICE) as shop:
        quiet, busy = _rounds(shop, rounds, seconds, clients)
    problems = report(quiet, busy)
    for problem in problems:
        click.secho(problem, fg="red", err=True)
    sys.exit(int(bool(problems)))


if __name__ == "__main__":
    main()
