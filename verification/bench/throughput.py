"""Orders accepted per second, with and without the idempotency key in turn."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from verification.bench.buyers import Buyer
from verification.bench.figures import Rates, Round

Say = Callable[[str], None]


def measure(buyers: list[Buyer], seconds: float, rounds: int, say: Say) -> Rates:
    """Let all buy at once, one side after the other, the second first every other time.

    What makes the shop slower as it fills up then meets both sides alike.
    """
    rates = Rates()
    with ThreadPoolExecutor(len(buyers)) as pool:
        buy = partial(_buy, pool, buyers, seconds)
        buy(has_key=True)  # connections, caches and pools are warm from here on
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
    """Order until then, once at least; return how many were accepted, how many not."""
    good = bad = 0
    while not (good or bad) or time.monotonic() < until:
        if buyer.place(has_key=has_key).is_ok:
            good += 1
        else:
            bad += 1
    return good, bad
