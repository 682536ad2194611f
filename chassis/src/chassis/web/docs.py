"""The API's documentation: Swagger UI, ReDoc and OpenAPI, without internet access."""

import hashlib
import re
from typing import Any, cast

import yaml
from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app, render_template, request

from chassis import json
from chassis.config import settings
from chassis.errors import BadRequest
from chassis.web import bodies, proxies

FORM = "application/x-www-form-urlencoded"
BASIC = re.compile(r"(?i:basic) [A-Za-z0-9+/]{0,1000}={0,2}")
ASSETS_KEPT = 86400  # seconds that a browser may keep what a page loads
DESCRIPTION = """\
- **Sign in** with *Authorize*: e-mail and password, client id and secret left empty.
- **Money** is a decimal string, `"499.00"`; moments are RFC 3339 in UTC.
- **Errors** are `application/problem+json` (RFC 9457) with a stable `code`.
- **Lists** return `{data, next_cursor}`; `?cursor=<next_cursor>` gets the next page.
- **Retries** are safe: a POST that creates something accepts an `Idempotency-Key`.
- **`X-Correlation-ID`** is on every response; search the logs for it.
- **Blank texts** are null in fields that may be null, and refused in all others.
- **Line breaks**: fields of several lines return `\\n`; others refuse line breaks.
- **Joiners, variation selectors and tags** are accepted where Unicode gives them an
  effect; the patterns of the fields cannot express that.
- **Rates**: answers have `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`
  of the limit that is nearest; beyond it, 429 with `Retry-After`.
- **Limits**: a request line has at most 8,190 characters, a body 1 MiB and 5,000
  values.
"""
blp = Blueprint(
    "docs",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs-assets",
)


def document() -> dict[str, Any]:
    """Return the service's OpenAPI document."""
    spec = cast("APISpec", current_app.extensions["openapi"])
    found = spec.to_dict()
    address = {"url": settings().public_url, "description": settings().service}
    info = {"description": DESCRIPTION, **found["info"]}
    return {**found, "info": info, "servers": [address]}


def _written(write: Any, media_type: str) -> Response:
    kept: dict[str, bytes] = current_app.extensions.setdefault("openapi_texts", {})
    if media_type not in kept:
        kept[media_type] = write(document())
    response = Response(kept[media_type], mimetype=media_type)
    response.set_etag(hashlib.sha256(kept[media_type]).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _yaml(value: Any) -> bytes:
    plain = json.loads(json.dumps(value))
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    return text.encode()


@blp.get("/swagger.json")
def as_json() -> Response:
    """Answer the OpenAPI document as JSON."""
    return _written(json.dumps, "application/json")


@blp.get("/swagger.yaml")
def as_yaml() -> Response:
    """Answer the OpenAPI document as YAML."""
    return _written(_yaml, "application/yaml")


def _page(template: str) -> str:
    return render_template(f"docs/{template}", title=document()["info"]["title"])


def _credentials() -> dict[str, str]:
    """Return the client's HTTP Basic credentials; any other header stays here."""
    lines = request.headers.getlist("Authorization")
    if len(lines) > 1 or not all(map(BASIC.fullmatch, lines)):
        raise BadRequest("Send one Authorization header, Basic <credentials>.")
    return {"Authorization": lines[0]} if lines else {}


@blp.post("/swagger/token/")
def token() -> Response:
    """Forward Swagger UI's *Authorize* to user-svc: CSP and CORS stay strict."""
    bodies.require(FORM)
    headers = {"Content-Type": FORM, **_credentials()}
    answer = proxies.call("POST", "/user/token/", headers, body=request.get_data())
    response = Response(
        json.dumps(answer.data), answer.status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.get("/swagger/")
def swagger() -> str:
    """Show Swagger UI."""
    return _page("swagger.html")


@blp.get("/redoc/")
def redoc() -> str:
    """Show ReDoc."""
    return _page("redoc.html")


def init_app(app: Flask) -> None:
    """Serve the pages; call `chassis.web.api.init_app` first."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = ASSETS_KEPT
    app.register_blueprint(blp)
