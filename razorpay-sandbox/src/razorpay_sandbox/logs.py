"""Structured logs: one JSON line on standard output per request and delivery."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

SERVICE = "razorpay-sandbox"
QUIET = ("/healthz", "/readyz", "/control/healthz", "/static")
log = logging.getLogger("razorpay_sandbox.request")


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the JSON text of a record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "timestamp": moment.isoformat(timespec="milliseconds")[:23] + "Z",
            "level": record.levelname.lower(),
            "service": SERVICE,
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class _Stdout(logging.StreamHandler[Any]):
    # Reads sys.stdout for every line, because tests replace it.
    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(JsonFormatter())

    @property
    def stream(self) -> Any:
        """Return standard output."""
        return sys.stdout


def configure() -> None:
    """Send all log records of the process to standard output."""
    root = logging.getLogger()
    root.handlers[:] = [_Stdout()]
    root.setLevel(logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Log each request, without its headers, body and query string."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    if not request.path.startswith(QUIET):
        fields = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.started) * 1000, 1),
            "correlation_id": request.headers.get("X-Correlation-ID", "")[:128],
        }
        log.info("request", extra={"fields": fields})
    return response
