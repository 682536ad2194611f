"""Structured logs: one JSON object per line on standard output."""

import json
import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from opentelemetry import trace

from chassis import clock, correlation, output

UNLOGGED = ("/healthz/", "/readyz/", "/metrics/")
SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "signature")


def _add_context(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    event.setdefault("correlation_id", correlation.current())
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
    moment = clock.now().isoformat(timespec="milliseconds")
    event["timestamp"] = moment.replace("+00:00", "Z")
    return event


def _hide_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "[hidden]"
    return event


SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.contextvars.merge_contextvars,
    _add_context,
    _hide_secrets,
    structlog.processors.format_exc_info,
]


class Line(str):
    """A log line that is already JSON."""

    __slots__ = ()


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes a log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: Any = record.msg
        return line if isinstance(line, Line) else super().format(record)


def formatter(service: str) -> logging.Formatter:
    """Make the formatter of a service's log records."""

    def name_service(_: Any, __: str, event: Any) -> Any:
        event.setdefault("service", service)
        return event

    return Formatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_service,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )


def configure(service: str, level: str = "INFO") -> None:
    """Send every logger of the process to standard output as JSON."""
    output.spell()
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("botocore", "urllib3", "werkzeug", "alembic", "responses"):
        logging.getLogger(noisy).setLevel("WARNING")


def get() -> Any:
    """Return the logger: `log.info("order placed", order_id=17)`."""
    return structlog.stdlib.get_logger("shop")


def _write(log: logging.Logger, fields: dict[str, Any]) -> None:
    """Write the line of a request; every request pays for its way through structlog."""
    line = Line(json.dumps(_add_context(None, "", fields)))
    record = logging.LogRecord(log.name, logging.INFO, "", 0, line, None, None)
    log.handle(record)


def init_app(app: Flask, service: str) -> None:
    """Log each request with its caller and duration."""
    log = logging.getLogger("shop")

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _finish(response: Response) -> Response:
        if not log.isEnabledFor(logging.INFO) or request.path in UNLOGGED:
            return response
        now = time.perf_counter()
        fields = {
            "event": "request",
            "level": "info",
            "service": service,
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((now - g.get("started", now)) * 1000, 1),
            "caller": str(g.get("caller", "")),
        }
        _write(log, fields)
        return response
