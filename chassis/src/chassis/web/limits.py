"""Limits of requests: per caller, per address, and stricter ones of single views.

The settings RATE_LIMIT_* hold the numbers. A window begins at a full minute or hour,
so that one step of the storage gives the count, the rest and the wait.
"""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits import parse_many

from chassis import errors
from chassis.config import Settings
from chassis.web import auth, counters, proxies
from chassis.web.security import ANY_HOST

ADDRESS, CALLER, SERVICE = "address", "caller", "service"
SIGN_IN, REGISTRATION, RESET = "sign_in", "registration", "reset"
ORDER, CHECK_STOCK = "order", "check_stock"
NAMES = (ADDRESS, CALLER, SERVICE, SIGN_IN, REGISTRATION, RESET, ORDER, CHECK_STOCK)
# These limits count by address, the others by caller if there is one.
BY_ADDRESS = (ADDRESS, SIGN_IN, REGISTRATION, RESET)
# Requests that a process counts before it adds them to Redis; limits below 2 * STEPS
# are exact.
STEPS, LONGEST_STEP = 64, 50
Unless = Callable[[], bool]


class Limit(NamedTuple):
    """So many requests in a period of seconds; `prefix` begins the counters' keys.

    All that does not depend on the request is computed once, at the start.
    """

    prefix: str
    most: int
    period: int
    step: int


class Used(NamedTuple):
    """How much of a limit is used, and the seconds until its window ends."""

    most: int
    number: int
    reset: int

    @property
    def left(self) -> int:
        """The number of requests that are left."""
        return max(0, self.most - self.number)


def now() -> float:
    """Return the time by which windows are cut."""
    return time.time()


class Limits(Limiter):
    """Flask-Limiter with the limits of this shop.

    Flask-Limiter's own hooks, which search for the limits of a view, would take longer
    than all that is done here, so they are left out.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._limits = {name: _limits(settings, name) for name in NAMES}
        self._views = app.view_functions
        storage = counters.PREFIX + settings.rate_limit_storage
        super().__init__(proxies.client, storage_uri=storage)
        # Flask-Limiter adds its hooks to an app that does not list the extension yet.
        app.extensions.setdefault("limiter", set()).add(self)
        self.init_app(app)
        self._counters = cast("counters.Counters", self.storage)

    def check(self) -> None:
        """Count the request; raise TooManyRequests beyond a limit."""
        endpoint = request.endpoint
        if endpoint is None or endpoint.endswith("static") or request.path in ANY_HOST:
            return
        who, address = auth.identify(), proxies.client()
        used: list[Used] = []
        g.identity, g.limits_used = who, used
        seconds = int(now())
        for name in self._names(endpoint, who):
            key = address if who is None or name in BY_ADDRESS else str(who)
            for limit in self._limits[name]:
                used.append(self._count(limit, key, seconds))
                _refuse_beyond(used[-1])

    def _names(self, endpoint: str, who: auth.Caller | None) -> Iterator[str]:
        """Choose the limits of a request."""
        name, unless = self._strict(endpoint)
        if name == SERVICE or (who and who.client):
            yield SERVICE
            return
        yield ADDRESS
        if who:
            yield CALLER
        if name and not (unless and unless()):
            yield name

    def _strict(self, endpoint: str) -> tuple[str, Unless | None]:
        """Return the name of a view's own limit, and when it does not count."""
        resource = getattr(self._views[endpoint], "view_class", None)
        method = getattr(resource, request.method.lower(), None)
        found: tuple[str, Unless | None] = getattr(method, "_limited", ("", None))
        return found

    def _count(self, limit: Limit, key: str, seconds: int) -> Used:
        """Count a request in the present window."""
        window, passed = divmod(seconds, limit.period)
        where = f"{limit.prefix}/{key}/{window}"
        number = self._counters.count(where, limit.period, limit.step)
        return Used(limit.most, number, limit.period - passed)


def _refuse_beyond(used: Used) -> None:
    if used.number > used.most:
        raise errors.TooManyRequests(
            f"Too many requests; try again in {used.reset} seconds.",
            headers={"Retry-After": str(used.reset)},
        )


def _limits(settings: Settings, name: str) -> tuple[Limit, ...]:
    """Return the limits of a name, multiplied by the factor."""
    given = parse_many(getattr(settings, f"rate_limit_{name}"))
    found = (
        (one.amount * settings.rate_limit_factor, one.get_expiry()) for one in given
    )
    return tuple(
        Limit(
            f"LIMITS/{settings.service}/{name}/{most}/{period}",
            most,
            period,
            min(LONGEST_STEP, most // STEPS),
        )
        for most, period in found
    )


def _add_headers(response: Response) -> Response:
    """Add the limit of which the least is left."""
    if used := g.get("limits_used"):
        nearest = used[0] if len(used) == 1 else min(used, key=_rank)
        add = response.headers.add
        add("RateLimit-Limit", str(nearest.most))
        add("RateLimit-Remaining", str(nearest.left))
        add("RateLimit-Reset", str(nearest.reset))
    return response


def _rank(used: Used) -> tuple[int, int]:
    return used.left, -used.reset


def init_app(app: Flask, settings: Settings) -> None:
    """Limit the requests of an app; call `auth.init_app` first."""
    app.before_request(Limits(app, settings).check)
    app.after_request(_add_headers)
