"""Access for every route and caller; a route missing in the table fails."""

from typing import Any

import pytest
from flask import Flask

ROLES = ("anonymous", "customer", "other_customer", "staff", "admin", "service")


def row(*expected: int) -> dict[str, int]:
    return dict(zip(ROLES, expected, strict=True))


def everybody(status: int) -> dict[str, int]:
    return row(*[status] * 6)


def people(status: int) -> dict[str, int]:
    return row(401, status, status, status, status, 403)


PAGES = ("/admin/", "/static/", "/swagger", "/redoc/", "/docs-assets/")
READ = {"GET": everybody(200)}
# `customer` is the user whose id is in the path.
CHANGE = row(401, 200, 404, 403, 200, 403)
TABLE: dict[str, dict[str, dict[str, int]]] = {
    "/user/": {"GET": row(401, 403, 403, 200, 200, 403), "POST": everybody(201)},
    "/user/register/": {"POST": everybody(201)},
    "/user/login/": {"POST": everybody(200)},
    "/user/logout/": {"POST": people(204)},
    # A Bearer token is no client's credentials, and the form holds none.
    "/user/token/": {"POST": row(401, 401, 401, 401, 401, 401)},
    "/user/token/refresh/": {"POST": everybody(401)},
    "/user/me/": {"GET": people(200), "PATCH": people(200), "DELETE": people(204)},
    "/user/me/password/": {"POST": people(204)},
    "/user/password-reset/": {"POST": everybody(202)},
    "/user/password-reset/confirm/": {"POST": everybody(400)},
    "/user/verify-email/": {"POST": people(202)},
    "/user/verify-email/confirm/": {"POST": everybody(400)},
    "/user/<id:user_id>/": {
        "GET": row(401, 200, 404, 200, 200, 200),
        "PUT": CHANGE,
        "PATCH": CHANGE,
        "DELETE": row(401, 204, 404, 403, 204, 403),
    },
    "/.well-known/jwks.json": READ,
    "/user/action-log/": {"GET": row(401, 403, 403, 200, 200, 403)},
    "/user/health/": READ,
    "/healthz/": READ,
    "/readyz/": READ,
    "/metrics/": READ,
}
PASSWORD = "a-long-walk-in-the-rain"
NEW = {"name": "New", "email": "new@shop.example", "password": PASSWORD}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/user/"): {"json": NEW},
    ("POST", "/user/register/"): {"json": NEW},
    ("POST", "/user/login/"): {
        "json": {"email": "asha@shop.example", "password": PASSWORD}
    },
    ("POST", "/user/logout/"): {"json": {"refresh_token": "x"}},
    ("POST", "/user/token/"): {"data": {"grant_type": "client_credentials"}},
    ("POST", "/user/token/refresh/"): {"json": {"refresh_token": "x"}},
    ("PATCH", "/user/me/"): {"json": {"name": "Asha"}},
    ("POST", "/user/me/password/"): {
        "json": {"current_password": PASSWORD, "new_password": "and-home-by-the-river"}
    },
    ("POST", "/user/password-reset/"): {"json": {"email": "asha@shop.example"}},
    ("POST", "/user/password-reset/confirm/"): {
        "json": {"token": "x", "new_password": PASSWORD}
    },
    ("POST", "/user/verify-email/confirm/"): {"json": {"token": "x"}},
    ("PUT", "/user/<id:user_id>/"): {
        "json": {"name": "Asha", "email": "asha@shop.example"}
    },
    ("PATCH", "/user/<id:user_id>/"): {"json": {"name": "Asha"}},
}


def test_the_table_names_every_route_and_method_and_no_other(app: Flask) -> None:
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(PAGES)
    }

    named = {(rule, method) for rule, methods in TABLE.items() for method in methods}
    assert served == named


def headers_of(role: str, shop: Any, person: Any) -> Any:
    if role == "customer":
        return person.headers
    if role == "service":
        return shop.service_token()
    if role == "anonymous":
        return None
    return shop.person(role.removeprefix("other_")).headers


@pytest.mark.parametrize("rule", TABLE)
def test_each_caller_gets_the_status_in_the_table(
    shop: Any, admin: Any, subtests: pytest.Subtests, rule: str
) -> None:
    for method, expected in TABLE[rule].items():
        for number, role in enumerate(expected):
            person = shop.person()  # another for each: some cells end the account
            path = rule.replace("<id:user_id>", str(person.id))
            headers = headers_of(role, shop, person)
            more = body_of(method, rule, person, number)
            with subtests.test(f"{method} by {role}"):
                answer = shop.call(method, path, headers, **more)
                assert answer.status_code == expected[role], answer.text


def body_of(method: str, rule: str, person: Any, number: int) -> Any:
    """Return the request body for a route."""
    body = BODIES.get((method, rule), {})
    fields = body.get("json", {})
    if "email" not in fields:
        return body
    new = f"new{number}@shop.example"
    email = new if fields["email"] == NEW["email"] else person.email
    return {"json": {**fields, "email": email}}


def test_a_refused_caller_gets_no_validation_errors(
    shop: Any, subtests: pytest.Subtests
) -> None:
    for rule, methods in TABLE.items():
        for method, expected in methods.items():
            if expected["anonymous"] == 401 and not rule.startswith("/user/token/"):
                with subtests.test(f"{method} {rule}"):
                    check_nothing_is_told(shop, method, rule)


def check_nothing_is_told(shop: Any, method: str, rule: str) -> None:
    path = rule.replace("<id:user_id>", "1")

    answer = shop.call(method, path, data=b"{", content_type="text/plain")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_service_token_without_the_scope_reads_no_user(shop: Any, asha: Any) -> None:
    headers = shop.service_token(scope="stock:reserve")

    assert shop.call("GET", f"/user/{asha.id}/", headers).status_code == 403


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_a_role_taken_away_is_gone_at_once(shop: Any, admin: Any, role: str) -> None:
    demoted = shop.person(role)
    path = f"/user/{demoted.id}/"
    shop.call("PATCH", path, admin.headers, json={"role": "customer"})

    assert shop.call("GET", "/user/", demoted.headers).status_code == 403
    assert shop.call("GET", f"/user/{admin.id}/", demoted.headers).status_code == 404
    assert shop.me(demoted).json["role"] == "customer"


@pytest.mark.parametrize("path", ["/user/", "/user/me/", "/user/1/"])
def test_a_deactivated_user_s_token_is_refused(
    shop: Any, admin: Any, path: str
) -> None:
    gone = shop.person("staff")
    url = f"/user/{gone.id}/"
    shop.call("PATCH", url, admin.headers, json={"is_active": False})

    assert shop.call("GET", path, gone.headers).status_code == 401
