"""Keyset pagination: every page costs the same, however deep.

A page begins behind the last row of the page before, which its cursor names. The
condition compares row values, `(price, id) > (x, y)`: databases find that place in an
index of the same columns. They do not for `price > x OR price = x AND id > y`, which
they check for every row before the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, bindparam, literal_column, tuple_
from sqlalchemy.orm import Session

from chassis import reads
from chassis.errors import Unprocessable

Filter = Callable[[Any], ColumnElement[bool]]
Document = Callable[[Row[Any]], dict[str, Any]]
MOST_STATEMENTS = 512  # that a list keeps
AFTER, AFTER_ID = "page_after", "page_after_id"


@dataclass
class Page:
    """One page of a list, and the cursor of the next.

    `is_json`: the data are members of the answer already, so no schema dumps them.
    """

    data: Sequence[Any]
    next_cursor: str | None
    is_json: bool = False


def paginate(
    session: Session,
    statement: Select[Any],
    columns: Mapping[str, Any],
    query: Mapping[str, Any],
    *,
    scalars: bool = True,
) -> Page:
    """Return the page of the statement that `sort`, `limit` and `cursor` select.

    `columns` maps each sort name to its column and holds `id`, which breaks ties; a
    pair of columns breaks ties by its own. Rows must carry the sort column, by its own
    name, and `id` as attributes.
    """
    order = Order.of(query, columns)
    statement = order.apply(statement, query["limit"])
    read: Any = session.scalars if scalars else session.execute
    return order.page(list(read(statement, order.values)), query["limit"])


def read_page(
    statement: Select[Any],
    columns: Mapping[str, Any],
    query: Mapping[str, Any],
    document: Document,
) -> Page:
    """Return a page as a hot read, of a statement that depends on the query.

    `columns` is as in `paginate`; `document` returns the JSON members of a row.
    """
    order, limit = Order.of(query, columns), query["limit"]
    rows = reads.every(order.apply(statement, limit), **order.values)
    return order.hot_page(rows, limit, document)


@dataclass(frozen=True)
class Order:
    """The order of a list, and the place behind which a page begins."""

    sort: str
    place: tuple[Any, ...]
    values: Mapping[str, Any]

    @classmethod
    def of(cls, query: Mapping[str, Any], columns: Mapping[str, Any]) -> "Order":
        """Return a query's order; raise Unprocessable for another list's cursor."""
        sort, cursor = query["sort"], query["cursor"]
        values = {} if cursor is None else _read(cursor, sort)
        return cls(sort, _place(columns, sort), values)

    def apply(self, statement: Select[Any], limit: int) -> Select[Any]:
        """Sort a statement; select the rows of the page and one more.

        The limit is part of the SQL: PostgreSQL plans a parameter as 10 % of the rows.
        """
        if self.values:
            statement = statement.where(self._beyond())
        order = [one.desc() for one in self.place] if self._is_down else self.place
        return statement.order_by(*order).limit(literal_column(str(limit + 1)))

    @property
    def _is_down(self) -> bool:
        return self.sort.startswith("-")

    def _beyond(self) -> ColumnElement[bool]:
        names = (AFTER, AFTER_ID)[-len(self.place) :]
        pairs = zip(names, self.place, strict=True)
        last = tuple_(*(bindparam(name, type_=one.type) for name, one in pairs))
        here = tuple_(*self.place)
        found: ColumnElement[bool] = here < last if self._is_down else here > last
        return found

    def page(self, rows: Sequence[Any], limit: int, **more: Any) -> Page:
        """Return the page of the rows that were read."""
        if len(rows) <= limit:
            return Page(rows, None, **more)
        cursor = cursor_of(rows[limit - 1], self.sort, self.place[0].key)
        return Page(rows[:limit], cursor, **more)

    def hot_page(
        self, rows: Sequence[Row[Any]], limit: int, document: Document
    ) -> Page:
        """Return the page of rows whose JSON members `document` returns."""
        page = self.page(rows, limit, is_json=True)
        page.data = [document(row) for row in page.data]
        return page


@dataclass(frozen=True, eq=False)
class HotList:
    """A list as a hot read: its statements are built once and read as plain rows.

    `rows` selects the columns of `document`, `id` and the sort columns.
    `columns` is as in `paginate`. `filters` maps parameters to functions from a bound
    parameter to a condition. `document` returns the JSON members of a row.
    """

    rows: Select[Any]
    columns: Mapping[str, Any]
    filters: Mapping[str, Filter]
    document: Document
    _statements: Any = field(init=False)

    def __post_init__(self) -> None:
        kept = lru_cache(MOST_STATEMENTS)(self._build)
        object.__setattr__(self, "_statements", kept)

    def page(self, query: Mapping[str, Any]) -> Page:
        """Return the page that a query selects."""
        order = Order.of(query, self.columns)
        given = {n: query[n] for n in self.filters if query.get(n) is not None}
        limit = query["limit"]
        shape = tuple(given), order.sort, bool(order.values), limit
        rows = reads.every(self._statements(*shape), **given, **order.values)
        return order.hot_page(rows, limit, self.document)

    def _build(
        self, names: tuple[str, ...], sort: str, is_next: bool, limit: int
    ) -> Select[Any]:
        conditions = [self.filters[name](bindparam(name)) for name in names]
        values = {AFTER: None} if is_next else {}
        order = Order(sort, _place(self.columns, sort), values)
        return order.apply(self.rows.where(*conditions), limit)


def _place(columns: Mapping[str, Any], sort: str) -> tuple[Any, ...]:
    """Return the columns that a list is sorted by; the last one breaks ties."""
    name = sort.lstrip("-")
    found = columns[name]
    if name == "id":
        return (found,)
    return found if isinstance(found, tuple) else (found, columns["id"])


def _serializer() -> URLSafeSerializer:
    # A cursor is signed for its caller and filters, and refused with any other.
    filters = sorted(
        (k, v)
        for k, v in request.args.items(multi=True)
        if k not in ("cursor", "limit")
    )
    salt = f"{g.get('caller', '')}{request.path.rstrip('/')}{filters}"
    return URLSafeSerializer(str(current_app.secret_key), salt=salt)


def cursor_of(row: Any, sort: str, name: str | None = None) -> str:
    """Return the cursor of the page behind a row; `name` is that of the sort column."""
    value = getattr(row, name or sort.lstrip("-"))
    kind = type(value).__name__
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return str(_serializer().dumps([sort, kind, text, row.id]))


_KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "str": str,
    "Decimal": Decimal,
    "datetime": datetime.fromisoformat,
}


def _read(cursor: str, sort: str) -> dict[str, Any]:
    try:
        made_for, kind, text, last = _serializer().loads(cursor)
    except (BadSignature, ValueError, UnicodeError):
        made_for = None
    if made_for != sort:
        raise Unprocessable(
            "This cursor was made for another list, sort order or filter.",
            errors={"cursor": ["Use next_cursor of the page before, unchanged."]},
        )
    return {AFTER: _KINDS[kind](text), AFTER_ID: last}
