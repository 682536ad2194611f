"""Records HTTP exchanges and checks them against an OpenAPI document."""

import json
import re
from dataclasses import dataclass

from jsonschema import Draft202012Validator
from werkzeug.wrappers import Request, Response


@dataclass(frozen=True)
class Exchange:
    """One request and its response."""

    method: str
    path: str
    caller: str
    sent: bytes
    content_type: str
    status: int
    media_type: str
    body: bytes

    def __str__(self):
        return f"{self.method} {self.path} -> {self.status}"


class Recorder:
    """WSGI middleware that records every request and response."""

    def __init__(self, app):
        self.app, self.seen = app, []

    def __call__(self, environ, start_response):
        request = Request(environ)
        sent = request.get_data(cache=True)
        environ["wsgi.input"] = _Body(sent)
        response = Response.from_app(self.app, environ)
        self.seen.append(
            Exchange(
                request.method,
                request.path,
                request.headers.get("User-Agent", ""),
                sent,
                request.mimetype,
                response.status_code,
                response.mimetype,
                response.get_data(),
            )
        )
        return response(environ, start_response)


class _Body:
    def __init__(self, data):
        self.data = data

    def read(self, size=-1):
        size = len(self.data) if size < 0 else size
        part, self.data = self.data[:size], self.data[size:]
        return part


def operation(spec, exchange):
    """Return the operation of an exchange in the document, or None."""
    for template, methods in spec["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template.rstrip("/")))
        if re.fullmatch(pattern, exchange.path.rstrip("/")):
            found = methods.get(exchange.method.lower())
            if found and not _shadowed(spec, exchange, template):
                return found
    return None


def _shadowed(spec, exchange, template):
    exact = {path.rstrip("/") for path in spec["paths"]}
    return "{" in template and exchange.path.rstrip("/") in exact


def problems(spec, exchange):
    """Return the differences between an exchange and its document."""
    found = operation(spec, exchange)
    if found is None:
        return [f"{exchange}: not documented"]
    return [f"{exchange}: {text}" for text in _differences(spec, found, exchange)]


def _differences(spec, found, exchange):
    wanted = found.get("requestBody", {}).get("content", {}).get("application/json")
    if wanted and exchange.content_type == "application/json" and exchange.status < 400:
        yield from _invalid(spec, wanted["schema"], exchange.sent, "sent")
    answer = found["responses"].get(str(exchange.status))
    if answer is None:
        yield f"status not documented ({sorted(found['responses'])})"
        return
    answer = _resolve(spec, answer)
    media = answer.get("content", {}).get(exchange.media_type)
    if exchange.body and media is None:
        yield f"media type {exchange.media_type} not documented"
    elif media and exchange.media_type.endswith("json"):
        yield from _invalid(spec, media["schema"], exchange.body, "answered")


def _resolve(spec, node):
    if "$ref" not in node:
        return node
    for part in node["$ref"].removeprefix("#/").split("/"):
        spec = spec[part]
    return spec


def _invalid(spec, schema, raw, which):
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    for error in validator.iter_errors(json.loads(raw)):
        yield f"{which} {error.json_path}: {error.message[:200]}"


__all__ = ["Exchange", "Recorder", "operation", "problems"]
