"""The Date header of every response, by the sandbox's clock.

The server's own Date header follows the system clock. The server sends both headers,
the sandbox's last.
"""

from flask import Flask, Response, current_app
from werkzeug.http import http_date


def init_app(app: Flask) -> None:
    """Add the header to every response while the clock is shifted."""
    app.after_request(_add_date)


def _add_date(response: Response) -> Response:
    clock = current_app.extensions["sandbox"].clock
    if clock.is_shifted:
        response.headers["Date"] = http_date(clock.time())
    return response
