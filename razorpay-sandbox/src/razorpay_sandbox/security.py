"""Security headers for every response."""

from flask import Flask, Response

# form-action allows any site: a payment ends with a redirect to the shop's URL, and
# browsers apply form-action to every redirect of a submitted form.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
POLICY += "frame-ancestors 'none'; form-action http: https:"


def init_app(app: Flask) -> None:
    """Add the headers to every response."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if not response.cache_control.max_age:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = POLICY
    return response
