"""The payment service's settings."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from chassis import config
from chassis.config import (
    credential,
    flag,
    money,
    optional_url,
    seconds,
    setting,
    url,
    whole,
)

SECRET_LENGTH = 16
QUOTES = "'\""  # kept by `docker --env-file` and `kubectl --from-env-file`


def origin(value: str) -> str:
    """Accept a bare origin: the client appends the path."""
    parts = urlsplit(url(value))
    if parts.path or parts.query or parts.fragment:
        raise ValueError("an address without a path, such as https://api.razorpay.com")
    return url(value)


def provider_secret(value: str) -> str:
    """Accept a secret shared with Razorpay; anybody could sign with an empty one."""
    if len(value) < SECRET_LENGTH or len(set(value)) < 8:
        raise ValueError(f"Razorpay's secret, at least {SECRET_LENGTH} characters")
    if value[0] == value[-1] and value[0] in QUOTES:
        raise ValueError("Razorpay's secret without quotes around it")
    return credential(value)


def optional_secret(value: str) -> str:
    """Accept a secret shared with Razorpay, or an empty text."""
    return provider_secret(value) if value else ""


def plan(value: str) -> tuple[float, ...]:
    """Accept seconds separated by commas: `10,30,60`."""
    return tuple(seconds(part.strip()) for part in value.split(","))


def key_id(value: str) -> str:
    """Accept the id of a Razorpay key."""
    if not value.startswith("rzp_"):
        raise ValueError("a Razorpay key id, such as rzp_test_...")
    return credential(value)


def account_id(value: str) -> str:
    """Accept the id of a Razorpay account, or an empty text."""
    if value and not value.startswith("acc_"):
        raise ValueError("a Razorpay account id, such as acc_..., or empty")
    return credential(value) if value else ""


def hours(value: str) -> float:
    """Accept a number of hours, fractions allowed."""
    try:
        return seconds(value)
    except ValueError:
        raise ValueError("a number of hours from 0, such as 24") from None


HOUR, DAY = 3600.0, 86400.0


@dataclass(frozen=True, kw_only=True)
class Settings(config.Settings):
    """The settings of every service, Razorpay's keys, and the times of polls.

    Razorpay chooses the key secret, of 24 characters. The minimum length of our own
    secrets in production therefore does not apply to it.
    """

    service: str = "payment-svc"
    razorpay_key_id: str = setting(key_id)
    razorpay_key_secret: str = setting(provider_secret)
    razorpay_webhook_secret: str = setting(provider_secret, secret=True)
    razorpay_webhook_secret_previous: str = setting(optional_secret, "")
    razorpay_account_id: str = setting(account_id, "")
    razorpay_base_url: str = setting(origin, "https://api.razorpay.com")
    shop_return_url: str = setting(optional_url, "")
    customer_bears_fees: bool = setting(flag, False)
    refund_limit: Decimal = setting(money, Decimal("100000.00"))  # noqa: RUF009
    link_minutes: int = setting(whole, 16)
    give_up_minutes: int = setting(whole, 15)
    poll_plan: tuple[float, ...] = setting(plan, (10.0, 30.0, 60.0, 120.0, 300.0))
    closed_poll_plan: tuple[float, ...] = setting(
        plan, (HOUR, 6 * HOUR, DAY, 3 * DAY, 5 * DAY)
    )
    announce_seconds: float = setting(seconds, 300.0)
    retry_most_seconds: float = setting(seconds, 60.0)
    refund_retry_most_seconds: float = setting(seconds, HOUR)
    tombstone_days: int = setting(whole, 14)
    webhook_silence_minutes: int = setting(whole, 30)
    reconcile_hours: float = setting(hours, 24.0)
    reconcile_pause_seconds: float = setting(seconds, 0.2)
