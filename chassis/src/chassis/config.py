"""Settings: typed, read once from the environment, with all problems in one report."""

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit

from flask import current_app
from limits import parse_many

from chassis import env_files

WEAK = {"", "secret", "changeme", "password", "development", "dev", "test", "default"}
MINIMUM_SECRET = 32
QUOTES = "\"'"
# Four days in a queue, fourteen as a dead letter, and four more after a redrive.
MESSAGE_LIFETIME_DAYS = 22
FOR_DEVELOPMENT = "development-only"
# Read by the AWS library; they go into headers and signatures like our own secrets.
AWS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
MEMORY, REDIS = "memory://", ("redis://", "rediss://")
PRODUCTION, DEVELOPMENT, TEST = "production", "development", "test"


class ConfigError(SystemExit):
    """The problems of the settings, one line each.

    The process ends with these sentences instead of a stack trace.
    """

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The configuration has {len(problems)} problem(s):\n{lines}")
        self.problems = problems


def text(value: str) -> str:
    """Accept any text."""
    return value


def credential(value: str) -> str:
    """Accept printable ASCII without spaces, which fits into headers and signatures.

    Quotes around it are refused: `docker run --env-file` keeps those of a file.
    """
    if len(value) > 1 and value[0] in QUOTES and value[0] == value[-1]:
        raise ValueError("without quotes around it")
    for place, sign in enumerate(value, 1):
        if not "!" <= sign <= "~":
            known = f"U+{ord(sign):04X} {unicodedata.name(sign, 'control character')}"
            allowed = "printable ASCII characters without spaces"
            raise ValueError(f"{allowed}; it has {known} at position {place}")
    return value


def url(value: str) -> str:
    """Accept an http(s) address, without its last slash."""
    parts = urlsplit(credential(value))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("an http:// or https:// address")
    return value.rstrip("/")


def optional_url(value: str) -> str:
    """Accept an http(s) address or nothing."""
    return url(value) if value else ""


def origins(value: str) -> tuple[str, ...]:
    """Accept a comma-separated list of origins: a scheme, a host and a port each."""
    found = tuple(filter(None, (one.strip() for one in value.split(","))))
    for one in found:
        parts = urlsplit(url(one))
        if one != f"{parts.scheme}://{parts.netloc}" or one != one.lower():
            raise ValueError("origins such as https://shop.example, without a path")
    return found


def hosts(value: str) -> str:
    """Accept comma-separated names of hosts or nothing."""
    return ",".join(credential(one.strip()) for one in value.split(","))


def whole(value: str) -> int:
    """Accept a whole number from 0."""
    if not value.isascii() or not value.isdigit():
        raise ValueError("a whole number from 0, such as 30")
    return int(value)


def retention_days(value: str) -> int:
    """Accept a number of days that is not shorter than a message's lifetime."""
    if (days := whole(value)) < MESSAGE_LIFETIME_DAYS:
        raise ValueError(f"{MESSAGE_LIFETIME_DAYS} or more, the lifetime of a message")
    return days


def seconds(value: str) -> float:
    """Accept a number of seconds, fractions allowed."""
    try:
        number = float(value)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise ValueError("a number of seconds from 0, such as 0.1")
    return number


def money(value: str) -> Decimal:
    """Accept an amount of money from 0."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise ValueError("an amount from 0, such as 100000.00")
    return number.quantize(Decimal("0.01"))


def flag(value: str) -> bool:
    """Accept true or false."""
    if value.lower() not in ("true", "false", "1", "0"):
        raise ValueError("true or false")
    return value.lower() in ("true", "1")


def one_of(*words: str) -> Callable[[str], str]:
    """Accept one of the words."""

    def parse(value: str) -> str:
        if value not in words:
            raise ValueError("one of " + ", ".join(words))
        return value

    return parse


def database_url(value: str) -> str:
    """Accept a SQLite or PostgreSQL URL; add the driver to PostgreSQL's."""
    if value.startswith("postgres"):
        credential(value)
    for prefix in ("postgres://", "postgresql://"):
        if value.startswith(prefix):
            return value.replace(prefix, "postgresql+psycopg://", 1)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(
            "sqlite:///file.db or postgresql://user:password@host:5432/name"
        )
    return value


def limit(value: str) -> str:
    """Accept numbers of requests for a time."""
    try:
        parse_many(value)
    except ValueError:
        raise ValueError(
            "requests for a time, such as 20 per minute; 200 per hour"
        ) from None
    return value


def limit_storage(value: str) -> str:
    """Accept memory:// or the address of a Redis."""
    if value != MEMORY and not credential(value).startswith(REDIS):
        raise ValueError("memory:// or redis://host:6379/0")
    return value


def factor(value: str) -> int:
    """Accept a whole number from 1."""
    if not (number := whole(value)):
        raise ValueError("a whole number from 1")
    return number


def setting(
    parse: Callable[[str], Any], default: Any = MISSING, *, secret: bool = False
) -> Any:
    """Declare a setting; the field's name in capitals is the environment variable."""
    metadata = {"parse": parse, "secret": secret}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of every service; a service adds its own in a subclass."""

    service: str = "service"
    app_env: str = setting(one_of(PRODUCTION, DEVELOPMENT, TEST), PRODUCTION)
    database_url: str = setting(database_url)
    secret_key: str = setting(text, secret=True)
    public_url: str = setting(url)
    user_svc_url: str = setting(url, "http://127.0.0.1:8000")
    jwt_issuer: str = setting(credential, "shop")
    log_level: str = setting(one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
    db_pool_size: int = setting(whole, 10)
    trusted_hosts: str = setting(hosts, "")
    cors_origins: tuple[str, ...] = setting(origins, ())
    behind_tls: bool = setting(flag, False)
    proxy_count: int = setting(whole, 0)
    web_workers: int = setting(whole, 1)
    api_processes: int = setting(whole, 1)
    rate_limit_storage: str = setting(limit_storage, MEMORY)
    rate_limit_factor: int = setting(factor, 1)
    rate_limit_address: str = setting(limit, "1800 per minute")
    rate_limit_caller: str = setting(limit, "600 per minute")
    rate_limit_service: str = setting(limit, "60000 per minute")
    rate_limit_sign_in: str = setting(limit, "20 per minute; 200 per hour")
    rate_limit_registration: str = setting(limit, "10 per minute; 60 per hour")
    rate_limit_reset: str = setting(limit, "10 per minute; 60 per hour")
    rate_limit_order: str = setting(limit, "30 per minute")
    rate_limit_check_stock: str = setting(limit, "120 per minute")
    worker_poll_seconds: float = setting(seconds, 0.1)
    prune_after_days: int = setting(retention_days, 30)
    action_log_days: int = setting(whole, 365)
    idempotency_hours: int = setting(whole, 24)
    currency: str = setting(one_of("INR"), "INR")

    @classmethod
    def current(cls) -> Self:
        """Return the current app's settings."""
        return cast("Self", current_app.extensions["settings"])

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read every setting, or raise ConfigError with all problems."""
        problems: list[str] = []
        values: dict[str, Any] = {}
        for item in fields(cls):
            if "parse" in item.metadata:
                _read(item, environ, values, problems)
        if values.get("app_env") == PRODUCTION:
            problems += [
                f"{item.name.upper()}: {_weakness(values.get(item.name, ''))}"
                for item in fields(cls)
                if item.metadata.get("secret") and _weakness(values.get(item.name, "-"))
            ]
            marked = [name for name, text in environ.items() if FOR_DEVELOPMENT in text]
            problems += [f"{name}: is for development only" for name in marked]
            problems += ["CRASH_AT: is for tests only"] * ("CRASH_AT" in environ)
            problems += _not_shared(values)
        for name in sorted(AWS & environ.keys()):
            with _named(name, problems):
                credential(environ[name])
        if problems:
            raise ConfigError(problems)
        return cls(**values)

    @property
    def proxies(self) -> int:
        """The number of proxies before this service; one at least does its TLS."""
        return max(self.proxy_count, int(self.behind_tls))

    @property
    def is_production(self) -> bool:
        """Return whether weak settings are refused."""
        return self.app_env == PRODUCTION


def _read(
    item: Any, environ: Mapping[str, str], values: dict[str, Any], problems: list[str]
) -> None:
    name = item.name.upper()
    if name not in environ:
        if item.default is MISSING:
            problems.append(f"{name}: is missing; it should be {hint(item)}")
        else:
            values[item.name] = item.default
        return
    with _named(name, problems):
        value = environ[name].strip()
        values[item.name] = item.metadata["parse"](value)
        if item.metadata["secret"]:
            credential(value)


@contextmanager
def _named(name: str, problems: list[str]) -> Iterator[None]:
    """Report a value that is refused inside, with the setting's name."""
    try:
        yield
    except ValueError as wrong:
        problems.append(f"{name}: should be {wrong}")


def _not_shared(values: dict[str, Any]) -> list[str]:
    """Return the problem of several processes that each count for themselves."""
    number = max(values.get("web_workers", 1), values.get("api_processes", 1))
    if number < 2 or values.get("rate_limit_storage") != MEMORY:
        return []
    reason = f"each of the {number} API processes would count for itself"
    return [f"RATE_LIMIT_STORAGE: should be a redis:// address, because {reason}"]


def hint(item: Any) -> str:
    """Return what a setting should be, from its field."""
    if item.metadata["secret"]:
        return f"a random text of at least {MINIMUM_SECRET} characters"
    try:
        item.metadata["parse"]("")
    except ValueError as wrong:
        return str(wrong)
    return "a text"


def _weakness(value: str) -> str:
    """Return why a secret is too weak for production; an empty text when it is not."""
    if value == "-":
        return ""
    if value.lower() in WEAK or len(set(value)) < 8 or len(value) < MINIMUM_SECRET:
        return (
            f"is too weak for production; use a random text of at least "
            f"{MINIMUM_SECRET} characters"
        )
    return ""


def environment(package_file: str) -> dict[str, str]:
    """Layer a service's environment over its `.env` and the root's `.env`."""
    folder = Path(package_file).resolve().parents[2]
    try:
        return {**env_files.load(folder.parent, folder.name), **os.environ}
    except env_files.EnvFileError as wrong:
        raise ConfigError(wrong.problems) from None


def settings() -> Settings:
    """Return the current app's settings."""
    return cast("Settings", current_app.extensions["settings"])
