"""Limits of requests: per caller, per address, and stricter ones of single addresses.

The settings RATE_LIMIT_* hold the numbers. A window begins at a full minute or hour,
so that one step of the storage gives the count, the rest and the wait.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from limits import RateLimitItem, parse_many
from limits.strategies import STRATEGIES, FixedWindowRateLimiter

from chassis import errors
from chassis.config import Settings
from chassis.web import auth, counters, proxies
from chassis.web.security import ANY_HOST

STRATEGY = "by-the-clock"
ADDRESS, CALLER, SERVICE = "address", "caller", "service"
SIGN_IN, REGISTRATION, RESET = "sign_in", "registration", "reset"
ORDER, CHECK_STOCK = "order", "check_stock"
NAMES = (ADDRESS, CALLER, SERVICE, SIGN_IN, REGISTRATION, RESET, ORDER, CHECK_STOCK)
# These limits count by address, the others by caller if there is one.
BY_ADDRESS = (ADDRESS, SIGN_IN, REGISTRATION, RESET)
Unless = Callable[[], bool]


@dataclass(frozen=True)
class Used:
    """How much of a limit is used, and the seconds until its window ends."""

    most: int
    count: int
    reset: int

    @property
    def left(self) -> int:
        """The number of requests that are left."""
        return max(0, self.most - self.count)


def now() -> float:
    """Return the time by which windows are cut."""
    return time.time()


class Windows(FixedWindowRateLimiter):
    """Counts the requests of each window of the clock."""

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count a request; return whether the limit allows it."""
        period = item.get_expiry()
        window, passed = divmod(int(now()), period)
        key = item.key_for(*identifiers, str(window))
        count = self.storage.incr(key, period, amount=cost)
        g.limits_used.append(Used(item.amount, count, period - passed))
        return count <= item.amount


class Chosen(ApplicationLimit):
    """The limits that were chosen for this request."""

    def __iter__(self) -> Iterator[Any]:
        return iter(g.get("limits", ()))


def _caller() -> str:
    return str(g.identity or proxies.client())


def _limits(settings: Settings, name: str) -> tuple[Any, ...]:
    """Return the limits of one name, multiplied by the factor."""
    items = parse_many(getattr(settings, f"rate_limit_{name}"))
    text = "; ".join(
        f"{item.amount * settings.rate_limit_factor} per {item.multiples} "
        f"{item.GRANULARITY.name}"
        for item in items
    )
    key = proxies.client if name in BY_ADDRESS else _caller
    return tuple(ApplicationLimit(text, key_function=key, scope=name))


def _choose() -> None:
    """Choose the limits before anything of the request is read."""
    g.limits_used, g.limits = [], ()
    if request.path in ANY_HOST or request.endpoint is None:
        return
    g.identity = auth.identify()
    known: dict[str, tuple[Any, ...]] = current_app.extensions["limits"]
    for name in _names():
        g.limits += known[name]


def _names() -> Iterator[str]:
    name, unless = _strict()
    if (g.identity and g.identity.client) or name == SERVICE:
        yield SERVICE
        return
    yield ADDRESS
    if g.identity:
        yield CALLER
    if name and not (unless and unless()):
        yield name


def _strict() -> tuple[str, Unless | None]:
    """Return the name of this view's own limit, and when it does not count."""
    view = current_app.view_functions[str(request.endpoint)]
    method = getattr(getattr(view, "view_class", None), request.method.lower(), None)
    found: tuple[str, Unless | None] = getattr(method, "_limited", ("", None))
    return found


def _add_headers(response: Response) -> Response:
    """Tell the limit of which the least is left."""
    if used := g.get("limits_used"):
        nearest = min(used, key=lambda one: (one.left, -one.reset))
        response.headers["RateLimit-Limit"] = str(nearest.most)
        response.headers["RateLimit-Remaining"] = str(nearest.left)
        response.headers["RateLimit-Reset"] = str(nearest.reset)
    return response


def _refused(_: RateLimitExceeded) -> Response:
    reset = max(one.reset for one in g.limits_used if one.count > one.most)
    sentence = f"Too many requests; try again in {reset} seconds."
    wait = {"Retry-After": str(reset)}
    return errors.problem_response(errors.TooManyRequests(sentence, headers=wait))


def init_app(app: Flask, settings: Settings) -> None:
    """Limit the requests of an app; call `auth.init_app` first."""
    app.extensions["limits"] = {name: _limits(settings, name) for name in NAMES}
    app.before_request(_choose)
    STRATEGIES[STRATEGY] = Windows
    Limiter(
        proxies.client,
        app=app,
        application_limits=[Chosen("")],
        strategy=STRATEGY,
        storage_uri=counters.PREFIX + settings.rate_limit_storage,
        key_prefix=settings.service,
        headers_enabled=False,
    )
    app.after_request(_add_headers)
    app.register_error_handler(RateLimitExceeded, _refused)
