"""The processes of the local run: their names, commands, folders and environments."""

import sys
from dataclasses import dataclass
from pathlib import Path

from devtools.layout import HOST, ROOT, SANDBOX, module
from devtools.local.environment import Site

GRACE = "5"


@dataclass(frozen=True)
class Process:
    """One command; `service` is the folder whose settings it gets."""

    name: str
    service: str
    command: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The working folder."""
        own = ROOT / self.service
        return own if own.is_dir() else ROOT


def flask(service: str, *words: str) -> Process:
    """Return a flask command of a service."""
    return Process(f"{service}-flask", service, _flask(service, *words))


def migration(service: str) -> Process:
    """Return the command that brings a database to the newest schema."""
    return Process(f"{service}-migrate", service, _flask(service, "db", "upgrade"))


def seed(service: str) -> Process:
    """Return the command that fills an empty database with the demo's data."""
    return Process(f"{service}-seed", service, _flask(service, "seed"))


def api(site: Site, service: str) -> Process:
    """Return a service's web server."""
    app = f"{module(service)}:create_app()"
    more = ("--graceful-timeout", GRACE, "--config", "python:chassis.web.gunicorn")
    return Process(service, service, _gunicorn(app, site.port(service), *more))


def worker(service: str) -> Process:
    """Return a service's worker: relay, consumers and clock jobs."""
    return Process(f"{service}-worker", service, _flask(service, "worker"))


def sandbox(site: Site) -> Process:
    """Return the Razorpay sandbox."""
    more = (
        "--threads",
        "8",
        "--no-control-socket",
    )  # one process: its state is in memory
    command = _gunicorn("razorpay_sandbox.wsgi:app", site.port(SANDBOX), *more)
    return Process(SANDBOX, SANDBOX, command)


def queue(site: Site) -> Process:
    """Return the embedded SQS."""
    command = (sys.executable, "-m", "devtools.local.sqs", HOST, str(site.port("sqs")))
    return Process("sqs", "sqs", command)


def _flask(service: str, *words: str) -> tuple[str, ...]:
    app = f"{module(service)}:create_app"
    return (sys.executable, "-m", "flask", "--app", app, *words)


def _gunicorn(app: str, port: int, *more: str) -> tuple[str, ...]:
    bind = f"{HOST}:{port}"
    return (sys.executable, "-m", "gunicorn", app, "--bind", bind, *more)
