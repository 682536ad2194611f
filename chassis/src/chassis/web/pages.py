"""Answers of public reads, kept by each process until the database changes.

The version of the database is looked up at most once in a given time, so an answer is
never older than that. A commit of this process makes the next look-up due, so a client
of a single process reads its own writes at once.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Text, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from chassis import reads
from chassis.db import RequestSession, current_db

# Answers of a process, and bytes of one: strangers can fill 16 MiB at most.
MOST = 256
LARGEST = 1 << 16
# Differs after each commit of the server, and costs a commit nothing.
SNAPSHOT = select(sql_cast(func.pg_current_snapshot(), Text))


@dataclass(frozen=True, slots=True)
class Kept:
    """The body and the headers of an answer."""

    body: bytes
    headers: list[tuple[str, str]]

    def response(self) -> Response:
        """Return the answer as a response."""
        return Response(self.body, headers=self.headers)


def version() -> Any:
    """Return the version of the database; two equal versions have the same rows.

    SQLite has no version that all connections share: each look-up counts as a change.
    """
    if current_db().engine.dialect.name == "sqlite":
        return object()
    return reads.every(SNAPSHOT)[0][0]


class Pages:
    """The answers of the present version."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Kept] = OrderedDict()
        self._version: Any = None
        self._valid_until = 0.0

    def expire(self) -> None:
        """Look the version up at the next request."""
        self._valid_until = 0.0

    def current(self) -> OrderedDict[str, Kept]:
        """Return the answers of the present version, to find and keep them in."""
        with self._lock:
            now = time.monotonic()
            if now >= self._valid_until:
                self._move_to(version())
                self._valid_until = now + self.seconds
            return self._answers

    def _move_to(self, present: Any) -> None:
        if present != self._version:
            self._version, self._answers = present, OrderedDict()

    def once(self, make: Callable[[], Response]) -> Response:
        """Return the kept answer of this request, or make and keep it."""
        answers = self.current()
        key = f"{request.path}?{request.environ.get('QUERY_STRING', '')}"
        if kept := answers.get(key):
            return kept.response()
        response = make()
        body = response.get_data()
        is_public = response.status_code == 200 and "caller" not in g
        if is_public and len(body) <= LARGEST:
            self._keep(answers, key, Kept(body, list(response.headers)))
        return response

    def _keep(self, answers: OrderedDict[str, Kept], key: str, kept: Kept) -> None:
        with self._lock:
            answers[key] = kept
            if len(answers) > MOST:
                answers.popitem(last=False)


def of_app() -> Pages:
    """Return the kept answers of the current app."""
    return cast("Pages", current_app.extensions["pages"])


@listens_for(RequestSession, "after_commit")
def _expire(_: Session) -> None:
    if "pages" in current_app.extensions:
        of_app().expire()


def init_app(app: Flask, seconds: float) -> None:
    """Keep answers; look the version up at most every so many seconds."""
    app.extensions["pages"] = Pages(seconds)
