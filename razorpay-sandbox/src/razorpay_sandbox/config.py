"""The sandbox's settings, read and validated at startup."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SECRETS = ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET")
DEFAULTS = {
    "WEBHOOK_URL": "",
    "PUBLIC_URL": "http://127.0.0.1:8004",
    "DATABASE_URL": "sqlite:///var/razorpay-sandbox.db",
    "CLOCK_FILE": "",
    "SANDBOX_CONTROL": "on",
    "WEBHOOK_RETRY_FACTOR": "1",
    "MERCHANT_NAME": "Sandbox Shop",
    "MAX_AMOUNT": "9999999999",
}
KEY = re.compile(r"[!-~]+")
ON, OFF = ("on", "true", "1", "yes"), ("off", "false", "0", "no")


class ConfigError(ValueError):
    """Some settings are missing or invalid; the message lists all of them."""


@dataclass(frozen=True)
class Settings:
    """The validated settings; amounts are in paise."""

    key_id: str
    key_secret: str
    webhook_secret: str
    webhook_url: str
    public_url: str
    database_url: str
    clock_file: Path | None
    control: bool
    retry_factor: float
    merchant_name: str
    max_amount: int


def read_settings(source: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `source`, by default the environment variables.

    Raises a ConfigError that lists every problem.
    """
    given = os.environ if source is None else source
    values = {name: given.get(name) or text for name, text in DEFAULTS.items()}
    values |= {name: given.get(name, "") for name in SECRETS}
    problems = [text for name in values if (text := _problem(name, values[name]))]
    if problems:
        raise ConfigError("; ".join(problems))
    return _settings(values)


def _settings(values: Mapping[str, str]) -> Settings:
    clock_file = values["CLOCK_FILE"]
    return Settings(
        key_id=values["RAZORPAY_KEY_ID"],
        key_secret=values["RAZORPAY_KEY_SECRET"],
        webhook_secret=values["RAZORPAY_WEBHOOK_SECRET"],
        webhook_url=values["WEBHOOK_URL"],
        public_url=values["PUBLIC_URL"].rstrip("/"),
        database_url=values["DATABASE_URL"],
        clock_file=Path(clock_file) if clock_file else None,
        control=values["SANDBOX_CONTROL"].lower() in ON,
        retry_factor=float(values["WEBHOOK_RETRY_FACTOR"]),
        merchant_name=values["MERCHANT_NAME"],
        max_amount=int(values["MAX_AMOUNT"]),
    )


def _problem(name: str, value: str) -> str:
    check, wanted = CHECKS.get(name, (bool, ""))
    if name in SECRETS and not value:
        return f"{name} must be set"
    if name in SECRETS and not KEY.fullmatch(value):
        return f"{name} must be printable ASCII without spaces"
    return "" if not wanted or check(value) else f"{name} must be {wanted}"


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_factor(value: str) -> bool:
    try:
        return 0 < float(value) <= 1000
    except ValueError:
        return False


CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "WEBHOOK_URL": (lambda v: not v or _is_url(v), "an http(s) URL or empty"),
    "PUBLIC_URL": (_is_url, "an http(s) URL"),
    "DATABASE_URL": (lambda v: v.startswith("sqlite:///"), "a sqlite:/// URL"),
    "SANDBOX_CONTROL": (lambda v: v.lower() in ON + OFF, "on or off"),
    "WEBHOOK_RETRY_FACTOR": (_is_factor, "a number greater than 0 and at most 1000"),
    "MAX_AMOUNT": (lambda v: v.isascii() and v.isdigit(), "a number of paise"),
}
