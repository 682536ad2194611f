"""Security headers, trusted hosts and size limits of every request."""

import secrets
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask.globals import request_ctx
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import MapAdapter
from werkzeug.sansio.utils import host_is_trusted

from chassis.config import Settings
from chassis.errors import BadRequest

MAX_BODY = 1 << 20
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOOPBACK = ["localhost", "127.0.0.1"]
# Probes and Prometheus address a pod by its IP; these answers contain no address.
ANY_HOST = ("/healthz/", "/readyz/", "/metrics/")
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'nonce-{nonce}'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class TrailingSlash:
    """WSGI middleware: an address works with and without its trailing slash.

    Werkzeug's `strict_slashes=False` answers 404 instead of 405, and an empty
    `Allow`, where the slash is missing. Files, whose name has a dot, have no slash.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Add the slash, then call the app."""
        path = environ.get("PATH_INFO", "")
        if not path.endswith("/") and "." not in path.rpartition("/")[2]:
            environ["PATH_INFO"] = f"{path}/"
        return self.app(environ, start_response)


class TrustedHosts:
    """WSGI middleware: marks a request for an untrusted host, to be refused.

    With Flask's own TRUSTED_HOSTS the hooks of OpenTelemetry raise through the app,
    which ends in the server's 500.
    """

    def __init__(self, app: Any, hosts: list[str]) -> None:
        self.app, self.hosts = app, hosts

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Replace and mark a host that is not trusted."""
        is_open = environ.get("PATH_INFO") in ANY_HOST
        if not is_open and not host_is_trusted(
            environ.get("HTTP_HOST", ""), self.hosts
        ):
            environ["HTTP_HOST"] = self.hosts[0].lstrip(".")
            environ["chassis.bad_host"] = True
        return self.app(environ, start_response)


def trusted_hosts(settings: Settings) -> list[str]:
    """Return the hosts that are served: of the public URL, inside, and further ones."""
    public = urlsplit(settings.public_url).hostname or ""
    more = [host.strip() for host in settings.trusted_hosts.split(",")]
    loopback = [] if settings.is_production else LOOPBACK
    return [public, settings.service, *filter(None, more), *loopback]


def csp_nonce() -> str:
    """Return this request's nonce for inline scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _check_host() -> None:
    if "chassis.bad_host" in request.environ:
        raise BadRequest("This host is not served here.")


def _check_size() -> None:
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        policy = PAGE_POLICY.format(nonce=csp_nonce())
    else:
        policy = API_POLICY
    response.headers.setdefault("Content-Security-Policy", policy)
    if "caller" in g or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _hsts(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _options() -> Response:
    adapter = cast("MapAdapter", request_ctx.url_adapter)
    methods = adapter.allowed_methods()
    return Response(status=204, headers={"Allow": ", ".join(sorted(methods))})


def init_app(app: Flask, settings: Settings) -> None:
    """Apply limits and headers to every request."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False
    app.secret_key = settings.secret_key
    hosts = trusted_hosts(settings)
    app.wsgi_app = TrustedHosts(app.wsgi_app, hosts)  # type: ignore[method-assign]
    app.wsgi_app = TrailingSlash(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_check_host)
    if settings.behind_tls:
        app.after_request(_hsts)
    app.config.update(
        SESSION_COOKIE_NAME=f"{settings.service}-admin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.behind_tls,
    )
    if settings.behind_tls:
        app.config["SESSION_COOKIE_NAME"] = f"__Host-{settings.service}-admin"
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.make_default_options_response = _options  # type: ignore[method-assign]
    app.before_request(_check_size)
    app.after_request(_add_headers)
