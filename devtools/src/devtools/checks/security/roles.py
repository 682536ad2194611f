"""Who may call what, from the OpenAPI documents: a part of docs/security.md."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask

from chassis.web import api
from order_svc import api as orders
from payment_svc import api as payments
from product_svc import api as products
from user_svc import api as users

METHODS = ("get", "post", "put", "patch", "delete")
COLUMNS = ("anyone", "customer", "staff", "admin", "service with a scope")
APIS: dict[str, Any] = {
    "Users": users,
    "Products": products,
    "Orders": orders,
    "Payments": payments,
}
INCLUDED = {
    "customer": ("customer", "staff", "admin"),
    "staff": ("staff", "admin"),
    "admin": ("admin",),
}
Operation = tuple[str, tuple[str, ...]]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield each operation of a service, and whom it requires; nobody: it is public."""
    for path, item in sorted(document["paths"].items()):
        for method in METHODS:
            if method in item:
                requires = item[method].get("x-requires", ())
                yield f"{method.upper()} {path}", tuple(requires)


def part(documents: Iterable[dict[str, Any]]) -> str:
    """Return the part of the page between its marks."""
    by_title = {document["info"]["title"]: document for document in documents}
    return "".join(_table(title, by_title[title]) for title in APIS)


def _table(title: str, document: dict[str, Any]) -> str:
    head = [_line(("operation", *COLUMNS)), _line(["---"] * (len(COLUMNS) + 1))]
    rows = [_line((f"`{name}`", *cells(who))) for name, who in operations(document)]
    return "\n".join(["", f"### {title}", "", *head, *rows, "\n"])


def cells(requires: tuple[str, ...]) -> list[str]:
    """Return the row of an operation: who may call, and a service with which scope."""
    if not requires:
        return ["yes"] * len(COLUMNS)
    roles = {role for one in requires for role in INCLUDED.get(one, ())}
    scopes = [f"`{one}`" for one in requires if ":" in one]
    people = ["yes" if role in roles else "no" for role in COLUMNS[1:4]]
    return ["no", *people, ", ".join(scopes) or "no"]


def _line(row: Iterable[str]) -> str:
    return f"| {' | '.join(row)} |"


def documents() -> list[dict[str, Any]]:
    """Return the OpenAPI documents of the four services."""
    return [_document(title, module.BLUEPRINTS) for title, module in APIS.items()]


def _document(title: str, blueprints: tuple[Any, ...]) -> dict[str, Any]:
    """Describe blueprints in an app without settings and database."""
    app = Flask("roles")
    api.init_app(app, title, *blueprints)
    described: dict[str, Any] = app.extensions["openapi"].to_dict()
    return described
