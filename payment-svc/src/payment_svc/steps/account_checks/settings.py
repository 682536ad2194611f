"""The checks of the settings: keys, addresses and amounts; nothing is called."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from payment_svc.config import Settings
from payment_svc.razorpay.registration import WEBHOOK, address_problem
from payment_svc.razorpay.types import MINIMUM_AMOUNT
from payment_svc.steps.account_checks.finding import Finding

RAZORPAY = "api.razorpay.com"
LEAST_MINUTES = 16  # Razorpay refuses 15
MODES = {"rzp_test_": "test", "rzp_live_": "live"}


def mode_of(settings: Settings) -> str:
    """Return test, live, or "" for a key of neither kind."""
    kinds = (m for p, m in MODES.items() if settings.razorpay_key_id.startswith(p))
    return next(kinds, "")


def _is_razorpay(settings: Settings) -> bool:
    return urlsplit(settings.razorpay_base_url).hostname == RAZORPAY


def check_keys(settings: Settings) -> Iterator[Finding]:
    """Check the key's mode against the address, and the two secrets."""
    mode, where = mode_of(settings), settings.razorpay_base_url
    if not mode:
        yield Finding(
            False,
            "RAZORPAY_KEY_ID belongs to neither test mode nor live mode.",
            "Copy the key again: it begins with rzp_test_ or rzp_live_.",
        )
    elif mode == "live" and not _is_razorpay(settings):
        yield Finding(
            False,
            f"A key of live mode is sent to {where}.",
            f"Set RAZORPAY_BASE_URL to https://{RAZORPAY}, or use a key of test mode.",
        )
    else:
        money = "real money moves" if mode == "live" else "no real money moves"
        yield Finding(True, f"The key is of {mode} mode at {where}: {money}.")
    if _is_razorpay(settings) and not where.startswith("https:"):
        action = f"Set RAZORPAY_BASE_URL to https://{RAZORPAY}."
        yield Finding(False, "The key would cross the network unencrypted.", action)
    if settings.razorpay_key_secret == settings.razorpay_webhook_secret:
        yield Finding(
            False,
            "RAZORPAY_WEBHOOK_SECRET equals the key's secret; they are two secrets.",
            "Choose another secret and set it in the dashboard, under Webhooks.",
        )


def check_address(settings: Settings) -> Iterator[Finding]:
    """Check that Razorpay accepts and reaches our address; the sandbox always does."""
    address = settings.public_url + WEBHOOK
    if not _is_razorpay(settings):
        return
    if problem := address_problem(address):
        action = "Set PUBLIC_URL to a public address; on a laptop, use a tunnel."
        yield Finding(False, problem, action)
    elif mode_of(settings) == "live" and not address.startswith("https:"):
        text = "PUBLIC_URL is not encrypted."
        yield Finding(False, text, "Serve the API by HTTPS and set PUBLIC_URL.")
    else:
        yield Finding(True, f"Razorpay can send webhooks to {address}.")


def check_amounts(settings: Settings) -> Iterator[Finding]:
    """Check times and amounts against Razorpay's limits."""
    minutes = settings.link_minutes
    if minutes < LEAST_MINUTES:
        text = f"LINK_MINUTES is {minutes}; Razorpay refuses 15 and less."
        yield Finding(False, text, f"Set LINK_MINUTES to {LEAST_MINUTES} or more.")
    else:
        yield Finding(True, f"A link can be paid for {minutes} minutes.")
    least = f"{settings.currency} {MINIMUM_AMOUNT}"
    yield Finding(True, f"Links and refunds are of at least {least}.")
    text = "Refunds are sent with speed normal; the account's default does not apply."
    yield Finding(True, text)
