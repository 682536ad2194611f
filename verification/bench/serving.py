"""One service alone, as `make run` starts it, on SQLite with its seed."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from devtools.local import processes
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
