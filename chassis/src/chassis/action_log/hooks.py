"""Hooks of the session: they note what changes, and log it before the commit.

Each hook does nothing unless the request's changes are logged.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from chassis import correlation
from chassis.action_log import actors
from chassis.action_log.changes import Key, Touched, Values
from chassis.db import RequestSession, model

TOUCHED, ERASES = "action_log.touched", "action_log.erases"


def erase(session: Any) -> None:
    """Log no personal data in the open transaction, which erases it."""
    session.info[ERASES] = True


def _touched(session: Session) -> Touched:
    found: Touched = session.info.setdefault(TOUCHED, Touched(session))
    return found


@listens_for(RequestSession, "before_flush")
def _keep_objects(session: Session, *_: Any) -> None:
    if actors.current() is not None:
        for row in [*session.dirty, *session.deleted]:
            _touched(session).keep(inspect(type(row)), [inspect(row).identity])


@listens_for(RequestSession, "after_flush")
def _note_new_objects(session: Session, *_: Any) -> None:
    if actors.current() is not None:
        for row in session.new:
            _touched(session).add(row)


@listens_for(RequestSession, "do_orm_execute")
def _keep_rows(state: ORMExecuteState) -> None:
    is_change = state.is_update or state.is_delete or state.is_insert
    if is_change and actors.current() is not None:
        statement: Any = state.statement
        mapper: Mapper[Any] = inspect(model(statement.table.name))
        if mapper.class_.logs_changes:
            assert not state.is_insert, "Insert objects: statements are not logged."
            _touched(state.session).keep(mapper, _keys(state.session, statement))


def _keys(session: Session, statement: Any) -> list[tuple[Any, ...]]:
    """Lock the rows that a statement will change; return their keys."""
    found = select(*statement.table.primary_key)
    found = found.with_for_update(key_share=statement.is_update)  # as it will itself
    if statement.whereclause is not None:
        found = found.where(statement.whereclause)
    return [tuple(row) for row in session.execute(found)]


@listens_for(RequestSession, "before_commit")
def _log(session: Session) -> None:
    who = actors.current()
    if who is None or session.in_nested_transaction():
        return
    session.flush()
    entries = list(_entries(session)) or list(_unchanged())
    if entries:
        common = {
            "actor": who.name,
            "role": who.role,
            "source": who.source,
            "user_id": who.user_id,
            "email": who.email,
            "action": actors.action(),
            "correlation_id": correlation.current(),
        }
        rows = [{**common, **entry} for entry in entries]
        session.execute(insert(model("action_log").__table__), rows)


def _entries(session: Session) -> Iterator[Values]:
    """Yield what the transaction has changed, except for `updated_at`."""
    touched: Touched | None = session.info.pop(TOUCHED, None)
    for change in touched.changes() if touched else ():
        before, after = change.shown(erases=ERASES in session.info)
        if before or after:
            yield _entry(change.mapper, change.key, before, after)


def _unchanged() -> Iterator[Values]:
    """Yield the row of a panel's action that changed no column, such as *publish*."""
    row = actors.subject()
    if row is not None:
        yield _entry(inspect(type(row)), inspect(row).identity, {}, {})


def _entry(
    mapper: Mapper[Any], key: Key, before: Values | None, after: Values | None
) -> Values:
    name, object_id = mapper.class_.__name__, ",".join(map(str, key))[:80]
    return {"model": name, "object_id": object_id, "before": before, "after": after}


@listens_for(RequestSession, "after_transaction_end")
def _forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(TOUCHED, None)
        session.info.pop(ERASES, None)
