"""The Date header of every response, by the sandbox's clock."""

from flask import Flask, Response, current_app
from gunicorn import util
from werkzeug.http import http_date

from razorpay_sandbox.clock import Clock


def init_app(app: Flask) -> None:
    """Add the header to every response while the clock is shifted.

    Flask's own server sends its header too, before this one.
    """
    app.after_request(_add_date)


def _add_date(response: Response) -> Response:
    clock = current_app.extensions["sandbox"].clock
    if clock.is_shifted:
        response.headers["Date"] = http_date(clock.time())
    return response


def use_in_gunicorn(clock: Clock) -> None:
    """Let gunicorn write this clock's time: it drops the header of an app."""
    util.http_date = lambda timestamp=None: http_date(timestamp or clock.time())
