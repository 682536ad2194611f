"""A whole shop to measure, as `make run` starts it, with raised limits."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from devtools.local import postgres
from verification.faults.databases import (
    Databases,
    PostgresqlDatabases,
    SqliteDatabases,
)
from verification.faults.running import RunningShop

# One customer places many orders, for longer than the lifetime of a token.
LIMITS = {
    "order-svc": {
        "MAX_OPEN_ORDERS": "1000000",
        "MAX_HELD_BY_CUSTOMER": "1000000",
        "MAX_HELD_UNVERIFIED": "1000000",
        "MAX_HELD_BY_ADDRESS": "1000000",
    },
    "user-svc": {"ACCESS_TOKEN_SECONDS": "86400"},
}
DATABASES: dict[str, Callable[[Path], Databases]] = {
    "sqlite": SqliteDatabases,
    "postgresql": lambda folder: PostgresqlDatabases(folder, postgres.DURABLE),
}


class MeasuredShop(RunningShop):
    """A shop with the usual settings, except for the limits."""

    def environment(self, name: str) -> dict[str, str]:
        """Raise the limits."""
        return super().environment(name) | LIMITS.get(name, {})

    def check_alive(self) -> None:
        """Raise RuntimeError when a process has ended: the figures would be invalid."""
        if names := self.ended():
            tail = self.log(names[0]).read_text(errors="replace")[-500:]
            raise RuntimeError(f"{names[0]} has ended by itself: {tail}")


@contextmanager
def opened(database: str) -> Iterator[MeasuredShop]:
    """Open a shop in a folder of its own; keep its logs if it fails."""
    folder = Path(tempfile.mkdtemp(prefix=f"shop-bench-{database}-"))
    is_kept = False
    try:
        with _running(database, folder) as shop:
            yield shop
    except (RuntimeError, TimeoutError) as why:
        is_kept = True
        raise click.ClickException(f"{why}. The shop's logs: {folder}") from why
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(database: str, folder: Path) -> Iterator[MeasuredShop]:
    shop = MeasuredShop(folder, DATABASES[database](folder))
    try:
        shop.prepare()
        shop.open()
        yield shop
    finally:
        shop.close()
