"""The order of texts: as people sort, and the same on every database.

The collations of SQLite and of PostgreSQL's locales all differ. So a table stores a
sort key beside a name, and keys are compared by their code points. Case and accents
count for nothing, and numbers count by their value: `Pan 9` comes before `Pan 10`.
"""

import re
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, String, func, inspect
from sqlalchemy import cast as sql_cast
from sqlalchemy.event import listens_for
from sqlalchemy.orm import MappedColumn, Mapper, mapped_column

from chassis.db import DERIVED, AuditModel
from chassis.folding import fold

LONGEST = 100  # characters of a key; texts that begin with the same are sorted by id
KEY = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")
SOURCE = "sort_key_of"
MOST_DIGITS = 10  # of numbers that are compared by their value
_NUMBER = re.compile(r"\d+")


def sort_key(text: str) -> str:
    """Return what a text is sorted by."""
    folded = " ".join(fold(text)[:LONGEST].split())
    return _NUMBER.sub(_by_value, folded)[:LONGEST]


def _by_value(number: re.Match[str]) -> str:
    """Put the length of a number before it: longer numbers are larger."""
    digits = str(int(number[0]))
    return f"{chr(ord('0') + min(len(digits), MOST_DIGITS))}{digits}"


def sort_key_of(name: str) -> MappedColumn[str]:
    """Declare the column that holds the sort key of another column.

    It follows each INSERT, and each change of an object. Statements that update the
    other column must set it, too.
    """

    def derive(context: Any) -> str:
        return sort_key(context.get_current_parameters().get(name) or "")

    info = {**DERIVED, SOURCE: name}
    return mapped_column(KEY, default=derive, server_default="", info=info)


@cache
def _keys(mapper: Mapper[Any]) -> dict[str, str]:
    """Return `{column: its sort key's column}` of a table."""
    found = ((c.columns[0].info.get(SOURCE), c.key) for c in mapper.column_attrs)
    return {name: key for name, key in found if name is not None}


@listens_for(AuditModel, "before_update", propagate=True)
def _follow(mapper: Mapper[Any], _: Any, row: Any) -> None:
    for name, key in _keys(mapper).items():
        if inspect(row).attrs[name].history.has_changes():
            setattr(row, key, sort_key(getattr(row, name) or ""))


def order_of(column: Column[Any]) -> ColumnElement[Any]:
    """Return what a list sorts a text column by: its key, if it has one.

    Other texts are codes and ids; the case of ASCII letters is ignored.
    """
    for other in column.table.columns:
        if other.info.get(SOURCE) == column.name:
            return other
    # Of this collation, PostgreSQL lowers ASCII letters alone, as SQLite does.
    plain = String().with_variant(String(collation="C"), "postgresql")
    return func.lower(sql_cast(column, plain))
