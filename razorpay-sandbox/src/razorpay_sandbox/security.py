"""Headers that keep the pages to themselves."""

from flask import Flask, Response

# The form's target is left open: a payment ends with a redirect to the shop's own
# address, and browsers check every hop of it against form-action.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
POLICY += "frame-ancestors 'none'; form-action http: https:"


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if not response.cache_control.max_age:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = POLICY
    return response
