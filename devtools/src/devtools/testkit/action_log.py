"""Helpers of the action log's tests: what can change rows, and which was not logged."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from chassis import clock
from chassis.admin.staff import Staff
from chassis.db import current_db, model
from chassis.messaging import triage
from devtools.testkit import retention

CHANGING = ("post", "put", "patch", "delete")
# Tables without a meaning of their own, and those that only record other changes.
TECHNICAL = {
    *("action_log", "admin_sessions", "dependencies", "idempotency_keys"),
    *("guess_counts", "known_addresses"),
    *("product_words", "product_texts", "word_parts"),
}
RECORDS = {"inbox", "outbox"}
SECRET_WORDS = ("hash", "secret", "token", "password", "key", "message_id")
Rows = dict[tuple[str, str], Any]


def operations(app: Flask) -> set[str]:
    """Return the operations that change something, except for strangers."""
    paths = app.extensions["openapi"].to_dict()["paths"]
    return {
        f"{method.upper()} {path}"
        for path, item in paths.items()
        for method, operation in item.items()
        if method in CHANGING and operation.get("x-requires")
    }


def forms(app: Flask) -> set[str]:
    """Return the panel's forms and actions: `product/edit`, `product/retire`."""
    views = [
        view for view in app.extensions["admin"][0]._views if hasattr(view, "model")
    ]
    return {f"{view.endpoint}/{name}" for view in views for name in _names(view)}


def _names(view: Any) -> Iterable[str]:
    can = {"new": view.can_create, "edit": view.can_edit, "delete": view.can_delete}
    actions = [name for name in view._actions_data if name != "delete"]
    return [*(name for name, is_allowed in can.items() if is_allowed), *actions]


def _rows(app: Flask) -> Rows:
    """Return every row of every table that has a meaning, by class and key."""
    found: Rows = {}
    with app.app_context():
        database = current_db()
        for table in set(database.metadata.tables.values()):
            if table.name in TECHNICAL:
                continue
            name = model(table.name).__name__
            keys = [column.name for column in table.primary_key]
            for row in database.session.execute(select(table)).mappings():
                key = ",".join(str(row[part]) for part in keys)
                found[name, key] = {**row, "updated_at": None}
    return found


def _names_of(app: Flask, tables: set[str]) -> set[str]:
    """Return the names of the classes of those tables that the service has."""
    classes = app.extensions["chassis_models"]
    return {classes[table].__name__ for table in tables & classes.keys()}


def unlogged(
    app: Flask, records: set[str], work: Callable[[], Any]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Do the work; return the rows that it changed, and those that it did not log.

    A new row of the tables `records` need not be logged.
    """
    only_records = _names_of(app, records | RECORDS)
    before = _rows(app)
    work()
    after = _rows(app)
    changed = {
        row
        for row in before.keys() | after.keys()
        if before.get(row) != after.get(row)
        and (row in before or row[0] not in only_records)
    }
    with app.app_context():
        log = model("action_log")
        logged = current_db().session.execute(select(log.model, log.object_id)).all()
    return changed, changed - {(name, key) for name, key in logged}


def secrets(app: Flask) -> set[str]:
    """Return the logged columns, such as `users.password_hash`, named like secrets."""
    classes = app.extensions["chassis_models"].items()
    return {
        f"{table}.{attribute.key}"
        for table, mapped in classes
        if mapped.logs_changes
        for attribute in inspect(mapped).column_attrs
        if not {"secret", "derived"} & attribute.columns[0].info.keys()
        and any(word in attribute.key for word in SECRET_WORDS)
    }


class Panel:
    """The panel of a signed-in admin, without its pages and tokens."""

    def __init__(self, app: Flask, monkeypatch: Any) -> None:
        admin = Staff(900, "Asha", "asha@shop.example", "admin")
        monkeypatch.setattr("chassis.admin.staff._current", lambda: admin)
        monkeypatch.setattr("chassis.admin.guard.csrf.protect", lambda: None)
        self.client = app.test_client()

    def post(self, form: str, key: Any = "", **data: Any) -> None:
        """Submit a form or an action of `forms`, for the row with the key."""
        view, name = form.split("/")
        path = f"{name}/?id={key}" if name == "edit" else f"{name}/"
        if name not in ("new", "edit", "delete"):
            path, data = "action/", {"action": name, "rowid": key}
        sent = {"id": key, **data} if name == "delete" else data
        answer = self.client.post(f"/admin/{view}/{path}", data=sent)
        assert answer.status_code == 302, answer.text


DROP = {"note": "seen"}
MESSAGE_FORMS: dict[str, dict[str, str]] = {
    "outbox/send": {},
    "quarantine/retry": {},
    "quarantine/edit": DROP,
    "dead_letters/redrive": {},
    "dead_letters/edit": DROP,
}


def waiting_message(app: Flask, table: str) -> int:
    """Store a message that waits for staff, and return its id."""
    with app.app_context():
        row = retention.MESSAGES[table].row(clock.now())
        row.state = triage.WAITING
        row.note = row.published_at = None
        current_db().session.add(row)
        current_db().session.commit()
        return int(row.id)
