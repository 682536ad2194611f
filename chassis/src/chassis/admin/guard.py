"""The panel's door: closed unless opened, for every address below /admin/."""

from flask import Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from chassis import errors
from chassis.admin import staff

OPEN = ("admin.login", "admin.static")
SAFE = ("GET", "HEAD", "OPTIONS")
csrf = CSRFProtect()


def is_panel() -> bool:
    """Say whether this request is for the panel."""
    return request.path.startswith("/admin/")


def _guard() -> ResponseReturnValue | None:
    if not is_panel():
        return None
    if request.endpoint not in OPEN and staff.current() is None:
        if request.method not in SAFE:
            raise errors.Forbidden("Sign in to the panel first.")
        return redirect(url_for("admin.login", next=request.path))
    if request.method not in SAFE:
        csrf.protect()
    return None


def _for_people(response: Response) -> Response:
    """Show a problem as a page when a person looks at it; let nothing be kept."""
    if is_panel() and request.endpoint != "admin.static":
        response.headers["Cache-Control"] = "no-store"
    if is_panel() and response.mimetype == "application/problem+json":
        problem = response.get_json()
        if request.accept_mimetypes.accept_html and problem is not None:
            response.set_data(render_template("admin/problem.html", problem=problem))
            response.mimetype = "text/html"
    return response


def init_app(app: Flask) -> None:
    """Guard the panel; everything else of the service is not touched."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the APIs take tokens, no cookies
        WTF_CSRF_TIME_LIMIT=None,  # the session's own limits hold
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer
    )
    csrf.init_app(app)
    app.before_request(_guard)
    app.after_request(_for_people)
