"""What a newer JSON Schema no longer accepts, or no longer promises."""

import pytest

from devtools.release.schemas import Pair, accepted, promised


def changes(compare, old, new):
    """Return the changes as texts: the member, and what is narrower."""
    pair = Pair({}, {}, (old, new)).at(old, new, "")
    return [f"{one.member} {one.text}".strip() for one in compare(pair)]


def members(**properties):
    return {"type": "object", "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
EITHER = {"anyOf": [TEXT, NUMBER]}
LISTED = {"type": "array", "items": {"type": "string", "maxLength": 9}}
SHORTER = {"type": "array", "items": {"type": "string", "maxLength": 8}}
NARROWER = [
    (TEXT, NUMBER, "no longer accepts string"),
    ({}, TEXT, "no longer accepts any type"),
    ({"type": ["string", "null"]}, TEXT, "no longer accepts null"),
    ({"enum": ["a", "b"]}, {"enum": ["a"]}, "no longer accepts b"),
    ({"enum": ["a"]}, {"const": "b"}, "no longer accepts a"),
    (TEXT, {"type": "string", "enum": ["a"]}, "no longer accepts others"),
    (TEXT, {"type": "string", "pattern": "^a"}, "has another pattern"),
    (TEXT, {"type": "string", "format": "uuid"}, "has another format"),
    (TEXT, {"type": "string", "minLength": 1}, "has a greater minLength"),
    ({"maximum": 5}, {"maximum": 4}, "has a smaller maximum"),
    (members(a=TEXT), members(), "a is gone"),
    (members(a=TEXT), members(a=NUMBER), "a no longer accepts string"),
    (members(a=members(b=TEXT)), members(a=members()), "a.b is gone"),
    (LISTED, SHORTER, "[] has a smaller maxLength"),
    (members(), {**members(a=TEXT), "required": ["a"]}, "a is required"),
    (
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        "refuses further members",
    ),
    (EITHER, {"anyOf": [TEXT]}, "no longer accepts one of its alternatives"),
]
WIDER = [
    (TEXT, TEXT),
    (TEXT, {"type": ["string", "null"]}),
    (TEXT, EITHER),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"type": "string", "pattern": "^a"}, TEXT),
    ({"minimum": 1, "maximum": 4}, {"minimum": 0, "maximum": 5}),
    (members(), members(a=TEXT)),
    ({**members(a=TEXT), "required": ["a"]}, members(a=TEXT)),
    (SHORTER, LISTED),
    (NUMBER, {"type": "number"}),
]


@pytest.mark.parametrize(("old", "new", "text"), NARROWER)
def test_what_is_no_longer_accepted_is_listed(old, new, text):
    assert changes(accepted, old, new) == [text]


@pytest.mark.parametrize(("old", "new"), WIDER)
def test_what_accepts_more_is_not_listed(old, new):
    assert changes(accepted, old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (TEXT, {"type": ["string", "null"]}, "may be null"),
        (NUMBER, {"type": "number"}, "may be number"),
        (members(a=TEXT), members(), "a is gone"),
        (
            {**members(a=TEXT), "required": ["a"]},
            members(a=TEXT),
            "a is no longer always there",
        ),
        ({"anyOf": [TEXT]}, EITHER, "may be another alternative"),
    ],
)
def test_what_is_no_longer_promised_is_listed(old, new, text):
    assert changes(promised, old, new) == [text]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": ["string", "null"]}, TEXT),
        (members(), {**members(a=TEXT), "required": ["a"]}),
        (EITHER, {"anyOf": [TEXT]}),
    ],
)
def test_a_stronger_promise_is_not_listed(old, new):
    assert changes(promised, old, new) == []


def test_references_and_parts_of_a_schema_are_followed():
    old = {
        "definitions": {"box": members(a=TEXT)},
        "allOf": [{"$ref": "#/definitions/box"}],
    }
    new = {
        "definitions": {"box": members(a=NUMBER)},
        "allOf": [{"$ref": "#/definitions/box"}],
    }

    assert changes(accepted, old, new) == ["a no longer accepts string"]


def test_a_schema_that_contains_itself_ends():
    tree = {"$ref": "#/definitions/tree"}
    old = {"definitions": {"tree": members(left=tree)}, "$ref": "#/definitions/tree"}

    assert changes(accepted, old, old) == []
