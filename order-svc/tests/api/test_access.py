"""Every route by every caller: a route that is missing here fails the build."""

from typing import Any

import pytest
from flask import Flask

ROLES = ("anonymous", "customer", "other_customer", "staff", "admin", "service")


def row(*expected: int) -> dict[str, int]:
    return dict(zip(ROLES, expected, strict=True))


READ = {"GET": row(200, 200, 200, 200, 200, 200)}


def owner_and_staff(status: int) -> dict[str, int]:
    return row(401, status, 404, status, status, 403)


TABLE: dict[str, dict[str, dict[str, int]]] = {
    "/orders/": {
        "GET": row(401, 200, 200, 200, 200, 403),
        "POST": row(401, 201, 201, 201, 201, 403),
    },
    "/orders/<id:order_id>/": {
        "GET": owner_and_staff(200),
        "PATCH": owner_and_staff(200),
    },
    "/orders/<id:order_id>/cancel/": {"POST": owner_and_staff(202)},
    "/orders/<id:order_id>/refund/": {"POST": row(401, 403, 403, 409, 409, 403)},
    "/orders/<id:order_id>/timeline/": {"GET": owner_and_staff(200)},
    "/orders/action-log/": {"GET": row(401, 403, 403, 200, 200, 403)},
    "/orders/health/": READ,
    "/healthz/": READ,
    "/readyz/": READ,
    "/metrics/": READ,
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/orders/"): {"items": [{"product_id": 1, "quantity": 1}]},
    ("PATCH", "/orders/<id:order_id>/"): {"note": "x"},
    ("POST", "/orders/<id:order_id>/refund/"): {"reason": "x"},
}
CELLS = [(rule, method) for rule, methods in TABLE.items() for method in methods]
ELSEWHERE = ("/admin", "/static", "/swagger", "/redoc", "/docs-assets")


@pytest.fixture
def headers(tokens: Any, shop: Any) -> dict[str, Any]:
    scopes = ("stock:reserve", "users:read", "payments:write")
    return {
        "anonymous": None,
        "customer": shop.asha,
        "other_customer": shop.ravi,
        "staff": tokens.staff(),
        "admin": tokens.admin(),
        "service": tokens.service("payment-svc", "order-svc", *scopes),
    }


def test_the_table_names_every_route_and_method_and_no_other(app: Flask) -> None:
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(ELSEWHERE)
    }

    assert served == set(CELLS)


@pytest.mark.parametrize(("rule", "method"), CELLS)
def test_a_caller_may_do_what_the_table_says(
    shop: Any, headers: dict[str, Any], subtests: Any, rule: str, method: str
) -> None:
    for role, status in TABLE[rule][method].items():
        path = rule.replace("<id:order_id>", str(shop.placed()))
        body = BODIES.get((method, rule))

        answer = shop.call(method, path, headers[role], json=body)

        with subtests.test(role=role):
            assert answer.status_code == status, answer.text


def test_a_caller_without_token_learns_nothing_of_the_body(
    shop: Any, subtests: Any
) -> None:
    for rule, method in CELLS:
        if TABLE[rule][method]["anonymous"] != 401:
            continue
        path = rule.replace("<id:order_id>", "4711")

        answer = shop.call(method, path, data=b"{", content_type="text/plain")

        with subtests.test(rule=rule, method=method):
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_services_token_is_none_of_ours(shop: Any, tokens: Any) -> None:
    theirs = tokens.service("order-svc", "payment-svc", "payments:write")

    assert shop.call("GET", "/orders/", theirs).status_code == 401
