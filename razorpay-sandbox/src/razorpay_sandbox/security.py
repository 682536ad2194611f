"""Security headers for every response, and the origins of the control API."""

from flask import Flask, Response, request

from razorpay_sandbox.errors import answer

# form-action allows any site: a payment ends with a redirect to the shop's URL, and
# browsers apply form-action to every redirect of a submitted form.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
POLICY += "frame-ancestors 'none'; form-action http: https:"


def init_app(app: Flask) -> None:
    """Add the headers to every response; refuse web pages at the control API."""
    app.before_request(_refuse_pages)
    app.after_request(_protect)


def _refuse_pages() -> Response | None:
    """Refuse a browser's page: any page could otherwise pay and refund."""
    if request.path.startswith("/control/") and "Origin" in request.headers:
        return answer({"error": "The control API is not for web pages."}, 403)
    return None


def _protect(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if not response.cache_control.max_age:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = POLICY
    return response
