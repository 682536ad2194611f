"""Every route by every caller: a route that is missing here fails the build."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

ROLES = ("anonymous", "customer", "other_customer", "staff", "admin", "service")


def row(*expected: int) -> dict[str, int]:
    return dict(zip(ROLES, expected, strict=True))


EVERYBODY = row(200, 200, 200, 200, 200, 200)


def staff_alone(status: int) -> dict[str, int]:
    return row(401, 403, 403, status, status, 403)


def service_alone(status: int) -> dict[str, int]:
    return row(401, 403, 403, 403, 403, status)


READ = {"GET": EVERYBODY}
TABLE: dict[str, dict[str, dict[str, int]]] = {
    "/products/": {"GET": EVERYBODY, "POST": staff_alone(201)},
    "/products/filter/": READ,
    "/products/suggest/": READ,
    "/products/facets/": READ,
    "/products/<id:product_id>/": {
        "GET": EVERYBODY,
        "PUT": staff_alone(200),
        "PATCH": staff_alone(200),
        "DELETE": staff_alone(204),
    },
    "/products/<id:product_id>/stock/": {
        "GET": staff_alone(200),
        "POST": staff_alone(201),
    },
    "/products/<id:product_id>/prices/": {"GET": staff_alone(200)},
    "/products/check_stock/": {"POST": EVERYBODY},
    "/products/categories/": {"GET": EVERYBODY, "POST": staff_alone(201)},
    "/products/categories/<id:category_id>/": {
        "GET": EVERYBODY,
        "PUT": staff_alone(200),
        "PATCH": staff_alone(200),
        "DELETE": staff_alone(204),
    },
    "/products/reservations/<id:order_id>/": {
        "GET": row(401, 403, 403, 200, 200, 200),
        "PUT": service_alone(200),
        "DELETE": service_alone(204),
    },
    "/products/reservations/<id:order_id>/commit/": {"POST": service_alone(200)},
    "/products/reservations/<id:order_id>/restock/": {"POST": service_alone(409)},
    "/products/reservations/<id:order_id>/prolong/": {"POST": service_alone(200)},
    "/products/action-log/": {"GET": row(401, 403, 403, 200, 200, 403)},
    "/products/health/": READ,
    "/healthz/": READ,
    "/readyz/": READ,
    "/metrics/": READ,
    "/swagger/": READ,
    "/redoc/": READ,
    "/swagger.json": READ,
    "/swagger.yaml": READ,
    "/swagger/token/": {"POST": row(*[415] * len(ROLES))},  # no form, no token
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/products/"): {"name": "x", "price": "1", "stock_quantity": 0},
    ("PUT", "/products/<id:product_id>/"): {"name": "x", "price": "1"},
    ("PATCH", "/products/<id:product_id>/"): {"name": "x"},
    ("POST", "/products/<id:product_id>/stock/"): {"delta": 1, "reason": "x"},
    ("POST", "/products/check_stock/"): {"items": [{"product_id": 1, "quantity": 1}]},
    ("POST", "/products/categories/"): {"name": "new"},
    ("PUT", "/products/categories/<id:category_id>/"): {"name": "new"},
    ("PATCH", "/products/categories/<id:category_id>/"): {"name": "new"},
    ("PUT", "/products/reservations/<id:order_id>/"): {
        "items": [{"product_id": 1, "quantity": 1}],
        "expires_in": 60,
    },
    ("POST", "/products/reservations/<id:order_id>/restock/"): {
        "items": [{"product_id": 1, "quantity": 1}],
        "return_id": "1",
    },
    ("POST", "/products/reservations/<id:order_id>/prolong/"): {"expires_in": 60},
}
QUERIES = {"/products/suggest/": "?q=x"}
CELLS = [(rule, method) for rule, methods in TABLE.items() for method in methods]


@pytest.fixture
def headers(tokens: Any, order_svc: Any) -> dict[str, Any]:
    return {
        "anonymous": None,
        "customer": tokens.user(1),
        "other_customer": tokens.user(2),
        "staff": tokens.staff(),
        "admin": tokens.admin(),
        "service": order_svc,
    }


@pytest.fixture
def address(shop: Any) -> Callable[[str], str]:
    """Return what makes an address of a rule, of things made for this call alone."""
    held, orders = shop.product(stock_quantity=50), itertools.count(1)

    def make(rule: str) -> str:
        order = next(orders)
        shop.reserve(order, {held: 1})
        path = rule.replace("<id:product_id>", str(shop.product()))
        path = path.replace("<id:category_id>", str(shop.category()))
        return path.replace("<id:order_id>", str(order))

    return make


def test_the_table_names_every_route_and_method_and_no_other(app: Flask) -> None:
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/admin/", "/static/", "/docs-assets/"))
    }

    assert served == set(CELLS)


@pytest.mark.parametrize(("rule", "method"), CELLS)
def test_a_caller_may_do_what_the_table_says(
    shop: Any,
    headers: dict[str, Any],
    address: Callable[[str], str],
    subtests: Any,
    rule: str,
    method: str,
) -> None:
    for role, status in TABLE[rule][method].items():
        body = BODIES.get((method, rule))
        if body and body.get("name") == "new":
            body = {"name": f"new for {role}"}

        path = address(rule) + QUERIES.get(rule, "")
        answer = shop.call(method, path, headers[role], json=body)

        with subtests.test(role=role):
            assert answer.status_code == status, answer.text


def test_a_caller_without_token_learns_nothing_of_the_body(
    shop: Any, address: Callable[[str], str], subtests: Any
) -> None:
    for rule, method in CELLS:
        if TABLE[rule][method]["anonymous"] != 401:
            continue

        answer = shop.call(method, address(rule), data=b"{", content_type="text/plain")

        with subtests.test(rule=rule, method=method):
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
