"""What a contract takes away or narrows."""

import copy

import pytest

from devtools.release.narrowings import between

BODY = {
    "type": "object",
    "properties": {"note": {"type": "string", "maxLength": 500}},
    "required": [],
}
ANSWER = {
    "type": "object",
    "properties": {"id": {"type": "integer"}},
    "required": ["id"],
}
PLACE = {
    "x-requires": ["customer"],
    "parameters": [{"$ref": "#/components/parameters/Key"}],
    "requestBody": {"content": {"application/json": {"schema": BODY}}},
    "responses": {
        "201": {"content": {"application/json": {"schema": ANSWER}}},
        "409": {"content": {}},
    },
}
KEY = {"in": "header", "name": "Idempotency-Key", "schema": {"maxLength": 255}}
CONTRACT = {
    "orders.openapi": {
        "paths": {"/orders/": {"post": PLACE}},
        "components": {"parameters": {"Key": KEY}},
    },
    "messages": {"order.settled": {"properties": {"kept": {"type": "boolean"}}}},
    "settings": {
        "order-svc": {"MAX_OPEN_ORDERS": {"required": False, "accepts": "a number"}}
    },
    "values": {
        "properties": {"image": {"properties": {"registry": {"type": "string"}}}}
    },
}


def at(contract, path):
    """Return the part of a contract at a path of keys, and the last key."""
    *keys, last = path
    for key in keys:
        contract = contract[key]
    return contract, last


def planted(path, *value):
    """Return the contract with another value at a path, or without the member."""
    new = copy.deepcopy(CONTRACT)
    part, last = at(new, path)
    if value:
        part[last] = value[0]
    else:
        del part[last]
    return new


POST = ("orders.openapi", "paths", "/orders/", "post")
IN = (*POST, "requestBody", "content", "application/json", "schema")
OUT = (*POST, "responses", "201", "content", "application/json", "schema")
OWN_KEY = ("orders.openapi", "components", "parameters", "Key")
SETTING = ("settings", "order-svc", "MAX_OPEN_ORDERS")
NEW_PARAMETER = {"in": "query", "name": "q", "required": True, "schema": {}}
PLANTED = [
    (POST[:-1], (), "POST /orders/: is gone"),
    (POST, (), "POST /orders/: is gone"),
    ((*POST, "x-requires"), (["admin"],), "POST /orders/: may be called by admin only"),
    ((*POST, "parameters"), ([],), "POST /orders/: Idempotency-Key is gone"),
    ((*POST, "parameters"), ([KEY, NEW_PARAMETER],), "POST /orders/: q is required"),
    ((*OWN_KEY, "required"), (True,), "POST /orders/: Idempotency-Key is required"),
    (
        (*OWN_KEY, "schema", "maxLength"),
        (64,),
        "POST /orders/: Idempotency-Key has a smaller maxLength",
    ),
    ((*POST, "requestBody", "required"), (True,), "POST /orders/: body is required"),
    (IN[:-1], (), "POST /orders/: application/json is no longer accepted"),
    ((*IN, "properties", "note"), (), "POST /orders/: note is gone"),
    (
        (*IN, "properties", "note", "maxLength"),
        (100,),
        "POST /orders/: note has a smaller maxLength",
    ),
    ((*IN, "required"), (["note"],), "POST /orders/: note is required"),
    ((*POST, "responses", "201"), (), "POST /orders/: answer 201 is gone"),
    (OUT[:-1], (), "POST /orders/: application/json is no longer answered"),
    ((*OUT, "properties", "id"), (), "POST /orders/: id is gone"),
    (
        (*OUT, "properties", "id", "type"),
        (["integer", "null"],),
        "POST /orders/: id may be null",
    ),
    (("messages", "order.settled"), (), "order.settled: is gone"),
    (
        ("messages", "order.settled", "properties", "kept"),
        (),
        "order.settled: kept is gone",
    ),
    (
        ("messages", "order.settled", "required"),
        (["kept"],),
        "order.settled: kept is required",
    ),
    (SETTING, (), "MAX_OPEN_ORDERS: is gone"),
    ((*SETTING, "required"), (True,), "MAX_OPEN_ORDERS: is required"),
    ((*SETTING, "accepts"), ("1 to 9",), "MAX_OPEN_ORDERS: should be 1 to 9"),
    (
        ("settings", "order-svc", "NEW"),
        ({"required": True, "accepts": "a text"},),
        "NEW: is required",
    ),
    (
        ("values", "properties", "image", "properties", "registry"),
        (),
        "image.registry: is gone",
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "text"), PLANTED, ids=lambda one: str(one)[-40:]
)
def test_a_planted_narrowing_is_listed(path, value, text):
    assert str(between(CONTRACT, planted(path, *value))[0]) == text


ADDED = {"required": False, "accepts": "a text"}
WIDER = [
    (("orders.openapi", "paths", "/orders/{id}/"), {"get": PLACE}),
    ((*POST, "x-requires"), ["customer", "orders:write"]),
    ((*POST, "x-requires"), []),
    ((*POST, "parameters"), [KEY, {**NEW_PARAMETER, "required": False}]),
    ((*POST, "responses", "409"), {}),
    ((*IN, "properties", "gift"), {"type": "boolean"}),
    ((*OUT, "properties", "total"), {"type": "string"}),
    (("messages", "order.placed"), {}),
    (("settings", "order-svc", "NEW"), ADDED),
]


@pytest.mark.parametrize(("path", "value"), WIDER, ids=lambda one: str(one)[-40:])
def test_what_is_added_or_wider_is_not_listed(path, value):
    assert between(CONTRACT, planted(path, value)) == []
