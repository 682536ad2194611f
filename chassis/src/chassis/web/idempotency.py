"""Idempotency-Key: a repeated request has one effect and gets one answer.

The key's row is committed with the change that the request makes: a crash leaves both
or neither. A request of several transactions commits the row in the first of them,
with the id of the created resource (`made`). A retry after a crash takes over the key
once its lease has expired, and resumes from that id (`resumes`).
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from flask import Response, current_app, g, make_response, request
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis import clock, errors
from chassis.config import settings
from chassis.db import (
    AuditModel,
    BigInt,
    Id,
    Moment,
    UtcDateTime,
    changed,
    current_db,
    model,
    reading,
)
from chassis.failpoints import failpoint

LEASE = timedelta(seconds=60)
# WSGI joins repeated headers with a comma, so a key must not contain one.
PATTERN = r"^[\x21-\x2b\x2d-\x7e]{1,255}$"
_VALID = re.compile(PATTERN)
KEPT_HEADERS = ("Location", "Retry-After", "ETag")


class IdempotencyKeyMixin(AuditModel):
    """The key of a caller on a route, and the answer."""

    __tablename__ = "idempotency_keys"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    @declared_attr.directive
    def __table_args__(cls) -> tuple[UniqueConstraint]:
        """Make a constraint for each service's table."""
        return (UniqueConstraint("caller", "route", "key"),)

    id: Mapped[Id]
    caller: Mapped[str] = mapped_column(String(100))
    route: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    leased_until: Mapped[Moment] = mapped_column(UtcDateTime)
    resource_id: Mapped[int | None] = mapped_column(BigInt)
    status: Mapped[int | None]
    content_type: Mapped[str | None] = mapped_column(String(100))
    headers: Mapped[str | None] = mapped_column(String(2000))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the keys that are older than IDEMPOTENCY_HOURS."""
        hours = timedelta(hours=settings().idempotency_hours)
        return cls.created_at < clock.now() - hours


def once(work: Callable[[], Any]) -> Response:
    """Do the work once for the request's key, and commit the work with its answer.

    Without a key the work is done and committed. A Problem that the work raises is
    stored as the answer only if the work has committed something before (`made`).
    """
    session = current_db().session
    row = _claim()
    if row is not None and row.status is not None:
        session.rollback()
        return _replay(row)
    g.idempotency_row = row
    failpoint("idempotency.claimed")
    try:
        response = make_response(work())
    except errors.Problem as problem:
        session.rollback()
        if row is None or not g.get("made") or problem.status >= 500:
            raise
        response = errors.problem_response(problem)
    if row is not None:
        _keep(row.id, response)
    failpoint("idempotency.before_commit")
    session.commit()
    failpoint("idempotency.committed")
    return response


def made(resource_id: int) -> None:
    """Store the id of the created resource in the open transaction.

    Call before the first of several commits.
    """
    g.made = resource_id
    if g.idempotency_row is not None:
        g.idempotency_row.resource_id = resource_id


def resumes() -> int | None:
    """Return the id of the resource that a crashed attempt of this request created."""
    row = g.get("idempotency_row")
    return row.resource_id if row is not None else None


def is_known() -> bool:
    """Return whether the request's key is known; no transaction is left open.

    A view that calls another service before its first change can skip that call for a
    request that is replayed or resumed.
    """
    key = _key()
    if key is None:
        return False
    session, table = current_db().session, model("idempotency_keys")
    with reading():
        found = session.scalar(select(table.id).filter_by(key=key, **_owner()))
        session.rollback()
    return found is not None


def _owner() -> dict[str, str]:
    """Return the key's scope: keys of other callers and routes are different keys.

    Strangers share no keys: without a subject only the same request is the same caller.
    """
    stranger = g.get("idempotency_stranger") or _fingerprint()
    caller = str(g.get("caller", f"anonymous:{stranger}"))
    return {"caller": caller, "route": f"{request.method} {request.path.rstrip('/')}"}


def of_stranger(subject: str) -> None:
    """Scope the keys of an anonymous request by whom the request is about."""
    g.idempotency_stranger = _mac(subject.encode())


def _key() -> str | None:
    values = request.headers.getlist("Idempotency-Key")
    if not values:
        return None
    if len(values) > 1 or not _VALID.fullmatch(values[0]):
        raise errors.BadRequest(
            "Idempotency-Key: one key of 1..255 visible ASCII characters, no comma.",
            code="idempotency_key_invalid",
        )
    return values[0]


def _fingerprint() -> str:
    return _mac(request.query_string + b"\n" + request.get_data(cache=True))


def _mac(text: bytes) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def _claim() -> Any:
    """Return the key's row: new, taken over, or with its answer (`status` is set)."""
    key = _key()
    if key is None:
        return None
    session, table = current_db().session, model("idempotency_keys")
    found = select(table).filter_by(key=key, **_owner())
    row = session.scalar(found)
    if row is None:
        row = table(
            **_owner(),
            key=key,
            fingerprint=_fingerprint(),
            leased_until=clock.now() + LEASE,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # a concurrent request with this key was faster
            row = session.scalar(found)
        else:
            return row
    return _existing(row)


def _existing(row: Any) -> Any:
    if row.fingerprint != _fingerprint():
        raise errors.Unprocessable(
            "This Idempotency-Key was used for another request.",
            code="idempotency_key_reused",
            errors={},
        )
    if row.status is None and not _take_over(row):
        raise errors.Conflict(
            "A request with this Idempotency-Key is still running.",
            code="idempotency_in_progress",
            headers={"Retry-After": "1"},
        )
    return row


def _take_over(row: Any) -> bool:
    table = type(row)
    now = clock.now()
    taken = changed(
        update(table)
        .where(table.id == row.id, table.status.is_(None), table.leased_until < now)
        .values(leased_until=now + LEASE)
    )
    return taken == 1


def _keep(row_id: int, response: Response) -> None:
    table = model("idempotency_keys")
    kept = {k: response.headers[k] for k in KEPT_HEADERS if k in response.headers}
    current_db().session.execute(
        update(table)
        .where(table.id == row_id)
        .values(
            status=response.status_code,
            content_type=response.content_type,
            headers="\n".join(f"{k}: {v}" for k, v in kept.items()),
            body=response.get_data(),
        )
    )


def _replay(row: Any) -> Response:
    response = Response(row.body, row.status, content_type=row.content_type)
    for line in filter(None, (row.headers or "").split("\n")):
        name, value = line.split(": ", 1)
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response
