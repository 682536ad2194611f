"""The checks of `flask payments check`: is the account at Razorpay ready?

They only read, except that the webhook's self-test stores one event.
"""

from collections.abc import Iterator

from payment_svc.steps.account_checks import provider, settings, shop
from payment_svc.steps.account_checks.finding import Finding
from payment_svc.steps.account_checks.settings import mode_of
from payment_svc.steps.context import Context


def check_account(work: Context, wait: float) -> Iterator[Finding]:
    """Yield the result of each check; wait some seconds for the worker's part."""
    yield from settings.check_keys(work.settings)
    yield from provider.check_calls(work)
    yield provider.check_clock(work)
    yield from settings.check_address(work.settings)
    yield from shop.check_self_test(work, wait)
    yield provider.check_registration(work)
    yield from settings.check_amounts(work.settings)
    yield from shop.check_problems(work)


__all__ = ["Finding", "check_account", "mode_of"]
