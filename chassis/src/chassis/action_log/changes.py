"""The rows that a transaction changes, each as it was and as it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import LargeBinary, inspect, select, tuple_
from sqlalchemy.orm import Mapper, Session

from chassis import json

Key = tuple[Any, ...]
Values = dict[str, Any]
CHANGED = "(changed)"  # stands for the values of a secret
CHUNK = 500  # rows of one query


@dataclass(frozen=True)
class Change:
    """A row that differs; `before` is None for a new row, `after` for a deleted one."""

    mapper: Mapper[Any]
    key: Key
    before: Values | None
    after: Values | None

    def shown(self, *, erases: bool) -> tuple[Values | None, Values | None]:
        """Return what is logged: no secrets, and of a changed row what has changed.

        With `erases`, personal data is treated as secret.
        """
        before, after = self.before, self.after
        secrets = self._secrets(erases=erases)
        if before is None or after is None:
            return _filled(before, secrets), _filled(after, secrets)
        names = [n for n in before if before[n] != after[n] and n != "updated_at"]
        return _chosen(before, names, secrets), _chosen(after, names, secrets)

    def _secrets(self, *, erases: bool) -> set[str]:
        kinds = {"secret", "personal"} if erases else {"secret"}
        columns = self.mapper.column_attrs
        return {c.key for c in columns if kinds & c.columns[0].info.keys()}


class Touched:
    """The rows that the open transaction has changed, each as it was before."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.before: dict[tuple[Mapper[Any], Key], Values | None] = {}

    def keep(self, mapper: Mapper[Any], keys: Iterable[Key]) -> None:
        """Read rows that will change, unless the transaction has changed them."""
        if mapper.class_.logs_changes:
            new = [key for key in keys if (mapper, key) not in self.before]
            rows = self._read(mapper, new)
            self.before.update({(mapper, key): rows.get(key) for key in new})

    def add(self, row: Any) -> None:
        """Note a row that was inserted."""
        mapper: Mapper[Any] = inspect(type(row))
        if mapper.class_.logs_inserts:
            key = tuple(mapper.primary_key_from_instance(row))
            self.before.setdefault((mapper, key), None)

    def changes(self) -> Iterator[Change]:
        """Yield each row that differs from what it was."""
        now: dict[tuple[Mapper[Any], Key], Values] = {}
        for mapper in {mapper for mapper, _ in self.before}:
            keys = [key for other, key in self.before if other is mapper]
            rows = self._read(mapper, keys)
            now.update({(mapper, key): row for key, row in rows.items()})
        for (mapper, key), before in self.before.items():
            if before != (after := now.get((mapper, key))):
                yield Change(mapper, key, before, after)

    def _read(self, mapper: Mapper[Any], keys: list[Key]) -> dict[Key, Values]:
        found: dict[Key, Values] = {}
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            found.update(_rows(self.session, mapper, some))
        return found


def _rows(
    session: Session, mapper: Mapper[Any], keys: Iterable[Key]
) -> Iterator[tuple[Key, Values]]:
    parts, count = mapper.primary_key, len(mapper.primary_key)
    names = [c.key for c in mapper.column_attrs if _is_read(c)]
    columns = [getattr(mapper.class_, name) for name in names]
    one = parts[0].in_([key[0] for key in keys])
    chosen = one if count == 1 else tuple_(*parts).in_(keys)
    with session.no_autoflush:
        rows = session.execute(select(*parts, *columns).where(chosen))
    for row in rows:
        yield tuple(row[:count]), dict(zip(names, row[count:], strict=True))


def _is_read(attribute: Any) -> bool:
    column = attribute.columns[0]
    return "derived" not in column.info and not isinstance(column.type, LargeBinary)


def _filled(values: Values | None, secrets: set[str]) -> Values | None:
    """Return the values of a new or deleted row, without NULLs and secrets."""
    if values is None:
        return None
    given = {n: v for n, v in values.items() if v is not None and n not in secrets}
    return _as_json(given)


def _chosen(values: Values, names: list[str], secrets: set[str]) -> Values:
    return _as_json({n: CHANGED if n in secrets else values[n] for n in names})


def _as_json(values: Values) -> Values:
    found: Values = orjson.loads(json.dumps(values))
    return found
