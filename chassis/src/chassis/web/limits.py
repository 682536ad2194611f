"""Limits of requests: per caller, per address, and stricter ones of single views.

The settings RATE_LIMIT_* hold the numbers. A window begins at a full minute or hour,
so that one step of the storage gives the count, the rest and the wait.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from flask import Flask, Request, g, request
from flask_limiter import Limiter
from limits import parse_many
from werkzeug.routing import Rule

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
HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
# How much of a limit is left (negative beyond it), the seconds since its window's end
# (negative), and the limit. The smallest of several has the least left for longest.
Used = tuple[int, int, int]
NO_LIMIT: tuple[str, Unless | None] = ("", None)
USED = "chassis.limits_used"  # in the WSGI environment


class Limit(NamedTuple):
    """So many requests in a period of seconds; `prefix` begins the counters' keys.

    All that does not depend on the request is computed once, at the start.
    """

    prefix: str
    most: int
    period: int
    step: int
    by_address: bool


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
        self._callers = self._limits[ADDRESS] + self._limits[CALLER]
        self._views = app.view_functions
        self._methods: dict[tuple[str, str], Any] = {}
        storage = counters.PREFIX + settings.rate_limit_storage
        super().__init__(proxies.client, storage_uri=storage)
        # Flask-Limiter adds its hooks to an app that does not list the extension yet.
        app.extensions.setdefault("limiter", set()).add(self)
        self.init_app(app)
        self._counters = cast("counters.Counters", self.storage)

    def check(self) -> None:
        """Count the request; raise TooManyRequests beyond a limit.

        Every request pays for this, so Flask's proxies are resolved once.
        """
        asked = _present(request)
        method = self._method(asked)
        if method is None:
            return
        who, address = auth.identify(asked.environ), proxies.client(asked)
        used: list[Used] = asked.environ.setdefault(USED, [])
        caller = address
        if who:
            g.identity, caller = who, str(who)
        name, unless = getattr(method, "_limited", NO_LIMIT)
        if name == SERVICE or (who and who.client):
            self._count(self._limits[SERVICE], address, caller, used)
            return
        first = self._callers if who else self._limits[ADDRESS]
        self._count(first, address, caller, used)
        if name and not (unless and unless()):
            self._count(self._limits[name], address, caller, used)

    def _method(self, asked: Request) -> Any:
        """Return a view's method, whose mark names its limit; None: not limited."""
        if asked.url_rule is None:
            return None
        key = asked.url_rule.rule, asked.method
        if key not in self._methods:
            self._methods[key] = self._find(asked.url_rule, asked.method)
        return self._methods[key]

    def _find(self, rule: Rule, method: str) -> Any:
        if rule.endpoint.endswith("static") or rule.rule in ANY_HOST:
            return None
        view = self._views[rule.endpoint]
        return getattr(getattr(view, "view_class", None), method.lower(), view)

    def _count(
        self, limits: tuple[Limit, ...], address: str, caller: str, used: list[Used]
    ) -> None:
        """Count a request in the present window of each limit."""
        seconds = int(now())
        for prefix, most, period, step, by_address in limits:
            window, passed = divmod(seconds, period)
            where = f"{prefix}/{address if by_address else caller}/{window}"
            number = self._counters.count(where, period, step)
            used.append((most - number, passed - period, most))
            if number > most:
                raise _too_many(period - passed)


def _present(proxy: Any) -> Request:
    """Return the request that Flask's proxy leads to."""
    return cast("Request", proxy._get_current_object())


def _too_many(wait: int) -> errors.TooManyRequests:
    return errors.TooManyRequests(
        f"Too many requests; try again in {wait} seconds.",
        headers={"Retry-After": str(wait)},
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
            name in BY_ADDRESS,
        )
        for most, period in found
    )


class Headers:
    """WSGI middleware: adds the limit of which the least is left to an answer.

    A hook of Flask would take longer: the headers would be checked and copied again.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Add the headers when the answer begins."""

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if used := environ.get(USED):
                left, ended, most = min(used)
                values = str(most), str(max(0, left)), str(-ended)
                headers += zip(HEADERS, values, strict=True)
            return start_response(status, headers, *error)

        return self.app(environ, start)


def init_app(app: Flask, settings: Settings) -> None:
    """Limit the requests of an app; call `auth.init_app` first."""
    app.before_request(Limits(app, settings).check)
    app.wsgi_app = Headers(app.wsgi_app)  # type: ignore[method-assign]
