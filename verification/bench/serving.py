"""Servers for benchmarks: one service alone as `make run` starts it, or a command."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from devtools.layout import ROOT
from devtools.local import ports, processes
from verification.bench.shops import MeasuredShop
from verification.faults.databases import SqliteDatabases
from verification.faults.running import is_ready
from verification.faults.waiting import wait_for


@contextmanager
def served(service: str) -> Iterator[MeasuredShop]:
    """Serve one service meanwhile."""
    with tempfile.TemporaryDirectory(prefix="shop-served-") as name:
        shop = MeasuredShop(Path(name), SqliteDatabases(Path(name)))
        try:
            for spec in (processes.migration(service), processes.seed(service)):
                subprocess.run(
                    spec.command,
                    cwd=spec.folder,
                    env=shop.environment(service),
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
            shop.start(service)
            url = shop.site.address(service) + "/readyz"
            wait_for(partial(is_ready, url), f"{service} is ready")
            yield shop
        finally:
            shop.close()


@contextmanager
def listening(
    command: Sequence[str],
    port: int,
    environ: Mapping[str, str],
    begin: Callable[[], object],
) -> Iterator[int]:
    """Run a command that listens on a port meanwhile; yield its process id.

    `begin` is called in the new process. The output goes nowhere.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=begin,
    )
    try:
        wait_for(partial(ports.answers, port), f"{command[-1]} listens")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)
