"""The HTTP API: flask-smorest with strict parsing, access rules and problems."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import flask_smorest
from flask import Flask, Request, Response, request
from marshmallow import ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.routing import BaseConverter
from werkzeug.routing import ValidationError as NoMatch

from chassis import json
from chassis.db import MAX_ID
from chassis.errors import Unprocessable
from chassis.web import auth, bodies, etag, idempotency, limits, pages
from chassis.web.fields import ProblemSchema, Schema
from chassis.web.pagination import Page

CUSTOMER, STAFF, ADMIN = auth.CUSTOMER, auth.STAFF, auth.ADMIN
View = Callable[..., Any]
PROBLEM_JSON = "application/problem+json"
SAFE = etag.SAFE
MOST_ERRORS, LONGEST_NAME = 100, 100


class IdConverter(BaseConverter):
    """A positive BIGINT in a path; the router answers 404 to anything else."""

    regex = "[1-9][0-9]{0,18}"  # one form: no sign, no zeros before it

    def to_python(self, value: str) -> int:
        """Return the id, or do not match."""
        number = int(value)
        if number > MAX_ID:
            raise NoMatch
        return number


class StrictParser(FlaskParser):
    """Webargs with strict JSON, problem documents and no repeated parameters."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012

    def _raw_load_json(self, req: Request) -> Any:
        return bodies.read_json()

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Return the parameters; refuse a repeated one that is not a list."""
        lists = (fields.List, fields.Tuple)
        for name, values in req.args.lists():
            field = schema.fields.get(name)
            if len(values) > 1 and field and not isinstance(field, lists):
                raise ValidationError({name: ["Given more than once."]})
        return MultiDictProxy(req.args, schema, known_multi_fields=lists)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> Any:
        """Raise the 422 problem with the messages by dotted path."""
        raise invalid(error)


def invalid(error: ValidationError) -> Unprocessable:
    """Return the problem of a marshmallow error."""
    messages: Any = error.messages
    if isinstance(messages, dict) and len(messages) == 1:
        inner = messages.get("json", messages.get("query", messages.get("form")))
        messages = inner if isinstance(inner, dict) else messages
    return unprocessable(flatten(messages))


def unprocessable(errors: dict[str, list[str]]) -> Unprocessable:
    """Return the problem of wrong fields; it lists the first hundred of them."""
    sentence = f"{len(errors)} field(s) are not valid."
    if len(errors) > MOST_ERRORS:
        sentence += f" The first {MOST_ERRORS} are listed."
    return Unprocessable(sentence, errors=dict(islice(errors.items(), MOST_ERRORS)))


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Return {dotted path: [messages]}; the whole body is called `body`."""
    if not isinstance(messages, dict):
        return {path or "body": [str(m) for m in messages]}
    found: dict[str, list[str]] = {}
    for key, value in messages.items():
        name = str(key)[:LONGEST_NAME]
        here = path if key == "_schema" else f"{path}.{name}" if path else name
        found.update(flatten(value, here))
    return found


def _places(info: dict[str, Any]) -> set[str]:
    """Return the locations of an operation's arguments: json, query, form."""
    parameters = info.get("arguments", {}).get("parameters", [])
    return {parameter["in"] for parameter in parameters}


def _is_guarded(view: View) -> bool:
    return bool(getattr(view, "_apidoc", {}).get("guarded"))


def refuse_body() -> None:
    """Refuse fields where none are expected; `{}` and no body are accepted."""
    if request.method in SAFE or not bodies.read():
        return
    fields_sent = bodies.read_json()
    if fields_sent != {}:
        names = fields_sent if isinstance(fields_sent, dict) else ["body"]
        raise unprocessable({n[:LONGEST_NAME]: ["Unknown field."] for n in names})


def _documented(view: View, **docs: Any) -> View:
    """Add documentation to a view without changing the view that it wraps."""
    view._apidoc = {**deepcopy(getattr(view, "_apidoc", {})), **docs}  # type: ignore[attr-defined]
    return view


class Blueprint(flask_smorest.Blueprint):
    """A resource's routes; write the decorators in the order of their checks.

    `limited`, `requires` or `public`, `kept`, `arguments`, `guarded`, `idempotent`,
    then `response`, `resource` or `page`.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self._prepare_doc_cbks.append(_document)

    def requires(self, *who: str) -> Callable[[View], View]:
        """Allow only callers with one of the roles or scopes; others get 401 or 403."""

        def decorator(view: View) -> View:
            reads_body = bool(_places(getattr(view, "_apidoc", {})) - {"query"})
            is_guarded = _is_guarded(view)

            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                auth.authenticate(who)
                etag.check_headers(is_guarded=is_guarded)
                if not reads_body:
                    refuse_body()
                return view(*args, **kwargs)

            return _documented(wrapper, requires=who)

        return decorator

    def public(self, view: View) -> View:
        """Allow every caller, signed in or not."""
        is_guarded = _is_guarded(view)

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            etag.check_headers(is_guarded=is_guarded)
            return view(*args, **kwargs)

        return _documented(wrapper, requires=())

    def limited(
        self, name: str, unless: limits.Unless | None = None
    ) -> Callable[[View], View]:
        """Count the requests in a limit of their own, RATE_LIMIT_<name>.

        This is checked first, before the token and the body.
        """

        def decorator(view: View) -> View:
            view._limited = (name, unless)  # type: ignore[attr-defined]
            return view

        return decorator

    def guarded(self, view: View) -> View:
        """Accept an If-Match; the view checks it with `etag.check`."""
        return _documented(view, guarded=True)

    def problems(self, **sentences: str) -> Callable[[View], View]:
        """Document problems: `problems(_409="`email_taken`")`."""

        def decorator(view: View) -> View:
            known = getattr(view, "_apidoc", {}).get("problems", {})
            more = {code.strip("_"): text for code, text in sentences.items()}
            return _documented(view, problems={**known, **more})

        return decorator

    def idempotent(self, view: View) -> View:
        """Accept an Idempotency-Key; commit the change and its response together.

        The view does not commit: this decorator does.
        """

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return idempotency.once(lambda: view(*args, **kwargs))

        return _documented(wrapper, idempotent=True)

    def resource(self, schema: Any, status: int = 200) -> Callable[[View], View]:
        """Answer with one resource and its ETag."""

        def decorator(view: View) -> View:
            answered = self.response(status, schema)(view)

            @wraps(answered)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return etag.add(answered(*args, **kwargs))

            return _documented(wrapper, versioned=True)

        return decorator

    def page(self, item: type[Schema]) -> Callable[[View], View]:
        """Answer with a `Page` as `{data, next_cursor}` and a Link to the next page."""
        schema = page_schema(item)

        def decorator(view: View) -> View:
            @wraps(view)
            def paged(*args: Any, **kwargs: Any) -> Any:
                page: Page = view(*args, **kwargs)
                body = json_page(page) if page.is_json else page
                return body, 200, next_link(page)

            answered = self.response(200, schema)(paged)

            @wraps(answered)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return etag.add_to_list(answered(*args, **kwargs))

            return _documented(wrapper, versioned=True)

        return decorator

    def kept(self, view: View) -> View:
        """Keep the answers to requests without a caller (see `chassis.web.pages`)."""

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return pages.of_app().once(lambda: view(*args, **kwargs))

        return wrapper


def json_answer(document: Any) -> Response:
    """Return a response of JSON members, which no schema dumps."""
    return Response(json.dumps(document), mimetype="application/json")


def json_page(page: Page) -> Response:
    """Return the response of a page of JSON members."""
    return json_answer({"data": page.data, "next_cursor": page.next_cursor})


def next_link(page: Page) -> dict[str, str]:
    """Return the Link header to the next page, if there is one."""
    if page.next_cursor is None:
        return {}
    args = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
    query = urlencode([*args, ("cursor", page.next_cursor)])
    return {"Link": f'<{request.path}?{query}>; rel="next"'}


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of items."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    members = {
        "data": fields.List(fields.Nested(item)),
        "next_cursor": fields.String(allow_none=True),
    }
    return type(name, (Schema,), members)


def problem_doc(status: int, text: str = "") -> dict[str, Any]:
    """Return the OpenAPI response of a problem."""
    phrase = HTTPStatus(status).phrase
    reference = {"$ref": "#/components/schemas/Problem"}
    found = {
        "description": f"{phrase}: {text}" if text else phrase,
        "content": {PROBLEM_JSON: {"schema": reference}},
    }
    return found | ({"headers": RATES} if status == 429 else {})


def _expected(info: dict[str, Any], places: set[str]) -> set[int]:
    """Return the error statuses of the server and of an operation's decorators."""
    # 400 is a request that is malformed, or a precondition that is not supported.
    found = {400, 408, 413, 414, 429, 431, 500, 503}
    if info.get("requires"):
        found |= {401, 403}
    if "application/json" in places:
        found |= {415}
    if places:
        found |= {422}
    if info.get("idempotent"):
        found |= {409, 422}
    return found


def _document(doc: Any, info: Any, *, method: str, **_: Any) -> Any:
    """Document the problems, security and headers that the decorators imply."""
    arguments = info.get("arguments", {})
    places = {p["in"] for p in arguments.get("parameters", [])}
    places |= arguments.get("requestBody", {}).get("content", {}).keys()
    responses = doc.setdefault("responses", {})
    responses.pop("default", None)  # every status is listed
    for status in _expected(info, places):
        responses.pop(status, None)
        responses[str(status)] = problem_doc(status)
    for status, text in info.get("problems", {}).items():
        responses.pop(int(status), None)
        responses[status] = problem_doc(int(status), text)
    _document_headers(doc, info, method)
    if info.get("requires"):
        doc["security"] = [{"bearer": []}, {"password": []}]
        doc["x-requires"] = list(info["requires"])
    return doc


def _document_headers(doc: Any, info: Any, method: str) -> None:
    wanted = []
    if info.get("idempotent"):
        wanted.append("IdempotencyKey")
    if info.get("guarded"):
        wanted.append("IfMatch")
        doc["responses"]["412"] = problem_doc(412)
    if info.get("versioned") and method == "get":
        wanted.append("IfNoneMatch")
        doc["responses"]["304"] = {"description": "You have this version already"}
    doc.setdefault("parameters", []).extend(wanted)  # apispec makes references


def _header(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "description": text,
        "required": False,
        "schema": {"type": "string", **schema},
    }


def _number(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "integer", "minimum": 0}}


RATES = {
    "Retry-After": _number("Seconds to wait."),
    "RateLimit-Limit": _number("Requests that are allowed in a window."),
    "RateLimit-Remaining": _number("Requests that are left."),
    "RateLimit-Reset": _number("Seconds until the window ends."),
}
PARAMETERS = {
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "Repeat a request safely: the same key, the same answer.",
        pattern=idempotency.PATTERN,
    ),
    "IfMatch": _header(
        "If-Match",
        "Change only this version (its ETag).",
        maxLength=etag.LONGEST,
        pattern=etag.PATTERN,
    ),
    "IfNoneMatch": _header("If-None-Match", "Answer 304 for this version."),
}


def init_app(app: Flask, title: str, *blueprints: Blueprint) -> flask_smorest.Api:
    """Serve the blueprints and describe them in OpenAPI 3.1."""
    app.url_map.converters["id"] = IdConverter
    app.config.update(API_TITLE=title, API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    smorest = _Api(app)
    smorest.register_converter(
        IdConverter, lambda _: {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    )
    components = smorest.spec.components
    components.schema("Problem", schema=ProblemSchema)
    for name, parameter in PARAMETERS.items():
        components.parameter(name, "header", parameter)
    components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    flow = {"tokenUrl": "/swagger/token/", "scopes": {}}
    components.security_scheme(
        "password", {"type": "oauth2", "flows": {"password": flow}}
    )
    for blueprint in blueprints:
        smorest.register_blueprint(blueprint)
    app.after_request(etag.answer_304)
    app.extensions["openapi"] = smorest.spec
    return smorest


class _Api(flask_smorest.Api):
    """flask-smorest without its error handler and pages: the chassis has its own."""

    def _register_error_handlers(self) -> None:
        """Leave errors to `chassis.errors`."""

    def _register_doc_blueprint(self) -> None:
        """Leave the pages to `chassis.web.docs`."""


def no_content() -> Response:
    """Return an empty 204."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


__all__ = ["ADMIN", "CUSTOMER", "STAFF", "Blueprint", "init_app"]
