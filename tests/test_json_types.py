"""One JSON type is never taken for another, in any field of requests and messages."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, ValidationError, fields

import order_svc.schemas
import order_svc.schemas.messages
import payment_svc.schemas
import payment_svc.schemas.messages
import product_svc.schemas
import user_svc.schemas
from chassis.messaging import inbox

MODULES = (
    order_svc.schemas,
    order_svc.schemas.messages,
    payment_svc.schemas,
    payment_svc.schemas.messages,
    product_svc.schemas,
    user_svc.schemas,
    inbox,
)
# Parameters in addresses are all strings, so these schemas read no JSON.
OF_QUERIES = ("QuerySchema", "FilterSchema", "ListQuery")
# Values that a careless reader converts: 1 is "1", true, 1.0 and Decimal("1").
SAMPLES: dict[str, list[Any]] = {
    "boolean": [True, False],
    "integer": [0, 1, 2, 10, 60, 499],
    "number": [0.0, 1.0, 1.5, 499.0],
    "string": ["0", "1", "1.00", "499.00", "true", "false", "yes", "on", "A", "a name"],
    "array": [[], ["1"], [1], ["a", "b"], [["order_id", 1]]],
    "object": [{}, {"1": 1}, {"a": "b"}],
}


def loaded_fields() -> Iterator[tuple[str, fields.Field[Any]]]:
    """Yield every field that a body or a message may have, with its name."""
    for module in MODULES:
        for name, schema in inspect.getmembers(module, inspect.isclass):
            if issubclass(schema, Schema) and not name.endswith(OF_QUERIES):
                for field in schema().load_fields.values():
                    yield f"{name}.{field.name}", field


FIELDS = dict(loaded_fields())


def is_read(field: fields.Field[Any], value: Any) -> bool:
    """Return whether a field takes a value, or refuses only what is inside of it."""
    try:
        field.deserialize(value)
    except ValidationError as error:
        return isinstance(value, dict) and isinstance(error.messages, dict)
    return True


def types_of(field: fields.Field[Any]) -> set[str]:
    """Return the JSON types of which a field reads a value."""
    return {
        kind
        for kind, values in SAMPLES.items()
        if any(is_read(field, value) for value in values)
    }


def test_a_field_reads_values_of_one_json_type() -> None:
    found = {name: types_of(field) for name, field in FIELDS.items()}

    assert {name: kinds for name, kinds in found.items() if len(kinds) > 1} == {}


def test_the_check_reads_every_kind_of_field() -> None:
    found = {kind for field in FIELDS.values() for kind in types_of(field)}

    assert len(FIELDS) > 100
    assert found == set(SAMPLES) - {"number"}


@pytest.mark.parametrize(
    "field",
    [fields.Integer(), fields.Boolean(), fields.Decimal(), fields.Float()],
    ids=lambda field: type(field).__name__,
)
def test_the_check_detects_a_field_that_converts(field: fields.Field[Any]) -> None:
    assert len(types_of(field)) > 1


@pytest.mark.parametrize("body", [[], [1], "a", 1, 1.0, True, None])
def test_a_message_and_a_body_are_objects(body: Any) -> None:
    for schema in (inbox.EnvelopeSchema, payment_svc.schemas.OrderSettledSchema):
        with pytest.raises(ValidationError):
            schema(unknown=EXCLUDE).load(body)
