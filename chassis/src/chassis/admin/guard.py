"""The panel's access control: every address below /admin/ needs a sign-in."""

from flask import Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from chassis import errors
from chassis.admin import staff
from chassis.web import bodies

OPEN = ("admin.login", "admin.static")
SAFE = ("GET", "HEAD", "OPTIONS")
csrf = CSRFProtect()


def is_panel() -> bool:
    """Return whether this request is for the panel."""
    return request.path.startswith("/admin/")


def _guard() -> ResponseReturnValue | None:
    if not is_panel():
        return None
    if request.endpoint not in OPEN and staff.current() is None:
        if request.method not in SAFE:
            raise errors.Forbidden("Sign in to the panel first.")
        return redirect(url_for("admin.login", next=request.path))
    if request.method not in SAFE:
        bodies.check_form()
        csrf.protect()
    return None


def _for_people(response: Response) -> Response:
    """Show problems as HTML pages to browsers; forbid caching."""
    if is_panel() and request.endpoint != "admin.static":
        response.headers["Cache-Control"] = "no-store"
    if is_panel() and response.mimetype == "application/problem+json":
        problem = response.get_json()
        if request.accept_mimetypes.accept_html and problem is not None:
            response.set_data(render_template("admin/problem.html", problem=problem))
            response.mimetype = "text/html"
    return response


def init_app(app: Flask) -> None:
    """Guard the panel's addresses; the service's API is not affected."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the APIs accept tokens, not cookies
        WTF_CSRF_TIME_LIMIT=None,  # the session has its own limits
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer
    )
    csrf.init_app(app)
    app.before_request(_guard)
    app.after_request(_for_people)
