"""Orders accepted per second, with and without the idempotency key in turn."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from verification.bench.buyers import Buyer
from verification.bench.figures import Rates, Round

Say = Callable[[str], None]


def measure(buyers: list[Buyer], seconds: float, rounds: int, say: Say) -> Rates:
    """Measure both sides in each round; every other round begins with the second side.

    A shop that becomes slower with more data then affects both sides equally.
    """
    rates = Rates()
    with ThreadPoolExecutor(len(buyers)) as pool:
        buy = partial(_buy, pool, buyers, seconds)
        buy(has_key=True)  # the warm-up ends here
        for number in range(rounds):
            for has_key in (False, True) if number % 2 == 0 else (True, False):
                side = rates.with_key if has_key else rates.without_key
                side.append(buy(has_key=has_key))
            without, keyed = rates.without_key[-1], rates.with_key[-1]
            say(
                f"round {number + 1} of {rounds}: {without.rate:.1f} orders/s without, "
                f"{keyed.rate:.1f} with the key"
            )
    return rates


def _buy(
    pool: ThreadPoolExecutor, buyers: list[Buyer], seconds: float, *, has_key: bool
) -> Round:
    started = time.monotonic()
    until = started + seconds
    done = list(pool.map(lambda buyer: _shop(buyer, until, has_key=has_key), buyers))
    accepted, refused = (sum(numbers) for numbers in zip(*done, strict=True))
    if not accepted:
        raise RuntimeError(f"no order was accepted in {seconds:.0f} s")
    return Round(accepted, refused, time.monotonic() - started)


def _shop(buyer: Buyer, until: float, *, has_key: bool) -> tuple[int, int]:
    """Place orders until then, at least one; return how many were accepted, refused."""
    good = bad = 0
    while not (good or bad) or time.monotonic() < until:
        if buyer.place(has_key=has_key).is_ok:
            good += 1
        else:
            bad += 1
    return good, bad
