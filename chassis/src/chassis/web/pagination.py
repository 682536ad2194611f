"""Keyset pagination: every page costs the same, however deep."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from chassis.errors import Unprocessable


@dataclass
class Page:
    """One page of a list, and the cursor of the next."""

    data: Sequence[Any]
    next_cursor: str | None


def paginate(
    session: Session,
    statement: Select[Any],
    columns: dict[str, Any],
    query: dict[str, Any],
    *,
    scalars: bool = True,
) -> Page:
    """Return the page of the statement that `sort`, `limit` and `cursor` select.

    `columns` maps each sort name to its column and holds `id`, which breaks ties.
    Rows must carry the sort column and `id` as attributes.
    """
    name = query["sort"].lstrip("-")
    down = query["sort"].startswith("-")
    column, key = columns[name], columns["id"]
    if query["cursor"] is not None:
        value, last = _read(query["cursor"], query["sort"])
        statement = statement.where(_beyond(column, key, value, last, down=down))
    order = [column.desc(), key.desc()] if down else [column, key]
    statement = statement.order_by(*order).limit(query["limit"] + 1)
    result = session.scalars(statement) if scalars else session.execute(statement)
    rows = list(result)
    page, more = rows[: query["limit"]], len(rows) > query["limit"]
    cursor = _write(page[-1], name, query["sort"]) if more else None
    return Page(page, cursor)


def _beyond(
    column: Any, key: Any, value: Any, last: int, *, down: bool
) -> ColumnElement[bool]:
    if down:
        return or_(column < value, and_(column == value, key < last))
    return or_(column > value, and_(column == value, key > last))


def _serializer() -> URLSafeSerializer:
    # A cursor is signed for its caller and filters, and refused with any other.
    filters = sorted(
        (k, v)
        for k, v in request.args.items(multi=True)
        if k not in ("cursor", "limit")
    )
    salt = f"{g.get('caller', '')}{request.path.rstrip('/')}{filters}"
    return URLSafeSerializer(str(current_app.secret_key), salt=salt)


def _write(row: Any, name: str, sort: str) -> str:
    value = getattr(row, name)
    kind = type(value).__name__
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return str(_serializer().dumps([sort, kind, text, row.id]))


_KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "str": str,
    "Decimal": Decimal,
    "datetime": datetime.fromisoformat,
}


def _read(cursor: str, sort: str) -> tuple[Any, int]:
    try:
        made_for, kind, text, last = _serializer().loads(cursor)
    except (BadSignature, ValueError, UnicodeError):
        made_for = None
    if made_for != sort:
        raise Unprocessable(
            "The cursor does not belong to this list.",
            errors={"cursor": ["Use next_cursor of the page before, unchanged."]},
        )
    return _KINDS[kind](text), last
