"""Calls to the other services carry a token of their scope."""

from typing import Any


def test_each_service_is_called_with_a_token_of_its_own_scope(
    shop: Any, users: Any, products: Any
) -> None:
    shop.order()
    shop.order()

    assert users.headers[-1]["Authorization"] == "Bearer token-for-users:read"
    assert products.headers[-1]["Authorization"] == "Bearer token-for-stock:reserve"
    tokens = [body for what, body in users.requests if what == "token"]
    assert [(t["audience"], t["scope"]) for t in tokens] == [
        ("user-svc", "users:read"),
        ("product-svc", "stock:reserve"),
    ]


def test_a_refused_token_is_dropped_and_the_next_call_gets_a_new_one(
    shop: Any, users: Any
) -> None:
    users.answers["user"] = [(401, {})]

    assert shop.order().status_code == 503
    assert shop.order().status_code == 201

    assert users.count("token") == 3
