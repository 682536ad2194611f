"""Gunicorn's settings: `gunicorn --config python:chassis.web.gunicorn`."""

import gc
import os
import tempfile
from typing import Any

from prometheus_client import multiprocess, values

from chassis import logging as chassis_logging

worker_class = "chassis.server.worker.Worker"
threads = int(os.environ.get("WEB_THREADS", "8"))
workers = int(os.environ.get("WEB_WORKERS", "1"))
timeout = 120  # longer than a busy machine stands still: a killed worker answers nobody
graceful_timeout = 25
keepalive = 75
worker_connections = 512  # below the usual limit of 1024 open files
limit_request_line = 8190
sendfile = False  # it would hold a thread until a slow client has read the file
control_socket_disable = True
preload_app = True  # one copy of the code; no connection is opened before the fork
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
accesslog = None  # chassis.logging writes one line for each request
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")

if workers > 1:
    os.environ.setdefault(
        "PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-")
    )
    # prometheus_client chose its storage at import, before the variable above was set.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": chassis_logging.formatter,
            "service": os.environ.get("SERVICE_NAME", "gunicorn"),
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "ERROR", "handlers": [], "propagate": True},
    },
}


def pre_fork(_server: Any, _worker: Any) -> None:
    """Exempt loaded objects from garbage collection: their pages stay shared."""
    gc.freeze()


def pre_request(_worker: Any, request: Any) -> None:
    """Close keep-alive connections while a pod is draining (the chart's preStop).

    A keep-alive connection still leads to a pod that its Service no longer lists. A
    request that arrives while the connection closes gets no answer.
    """
    request.headers = one_content_type(request.headers)
    if os.path.exists(f"{tempfile.gettempdir()}/draining"):
        request.force_close()


def one_content_type(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join repeated Content-Types, which an API then refuses: WSGI keeps the last."""
    types = [value for name, value in headers if name == "CONTENT-TYPE"]
    if len(types) < 2:
        return headers
    others = [(name, value) for name, value in headers if name != "CONTENT-TYPE"]
    return [*others, ("CONTENT-TYPE", ", ".join(types))]


def child_exit(_server: Any, worker: Any) -> None:
    """Remove a dead worker's gauges."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
