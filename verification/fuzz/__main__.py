"""`make fuzz`: Schemathesis on each service's document, as each kind of caller."""

import itertools
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import click

from devtools.terminal import end_on_sigterm
from verification.faults.databases import KINDS
from verification.fuzz import links
from verification.fuzz.callers import ROLES
from verification.fuzz.report import show, table
from verification.fuzz.runs import Outcome, fuzz
from verification.fuzz.shop import FuzzedShop, opened

# Later runs use what earlier ones leave: those of products take products off sale.
ORDER = ("order-svc", "payment-svc", "user-svc", "product-svc")
AT_ONCE = 2


@click.command()
@click.option("--seed", default=1, help="Other values find other cases.")
@click.option("--examples", default=4, help="Fuzzing and stateful cases of each.")
@click.option("--database", type=click.Choice(tuple(KINDS)), default="sqlite")
@click.option("--service", type=click.Choice(ORDER), help="Only this one.")
@click.option("--role", type=click.Choice(ROLES), help="Only this one.")
def main(
    seed: int, examples: int, database: str, service: str | None, role: str | None
) -> None:
    """Fuzz a shop of real processes; exit with 1 when a check fails."""
    end_on_sigterm()
    started = time.monotonic()
    pairs = list(itertools.product(_chosen(service, ORDER), _chosen(role, ROLES)))
    with opened(database) as shop:
        shop.links = links.make(shop)
        click.echo(f"{time.monotonic() - started:6.1f} s  the shop is ready")
        found = []
        for one in _all(shop, pairs, seed, examples):
            show(one, time.monotonic() - started)
            found.append(one)
        click.echo(table(found, time.monotonic() - started))
        shop.is_kept = not all(one.is_good for one in found)
    sys.exit(int(shop.is_kept))


def _all(
    shop: FuzzedShop, pairs: list[tuple[str, str]], seed: int, examples: int
) -> Iterator[Outcome]:
    """Yield the outcomes in their order."""

    def one(pair: tuple[str, str]) -> Outcome:
        service, role = pair
        return fuzz(shop, service, role, seed, examples)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(one, pairs)


def _chosen(name: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    return (name,) if name else names


if __name__ == "__main__":
    main()
