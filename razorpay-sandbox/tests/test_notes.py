"""The rules for notes: links allow 255 characters, the other entities 256."""

import pytest

from razorpay_sandbox.errors import LinkError, Refused
from razorpay_sandbox.notes import TOO_MANY, check_link_notes, read_notes


def pairs(count):
    return {f"key{number}": "x" for number in range(count)}


@pytest.mark.parametrize("notes", [{}, pairs(15), {"a": "x" * 255}])
def test_valid_notes_of_a_link_are_accepted(notes):
    check_link_notes(notes)


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        ({"a": 5}, "incorrect JSON object received - faulty key: notes."),
        ({"a": None}, "incorrect JSON object received - faulty key: notes."),
        (pairs(16), TOO_MANY),
        ({"a": "x" * 256}, "value: the length must not be greater than 255."),
    ],
)
def test_invalid_notes_of_a_link_are_rejected(notes, text):
    with pytest.raises(LinkError) as refusal:
        check_link_notes(notes)

    assert refusal.value.description == text


@pytest.mark.parametrize("data", [{}, {"notes": None}, {"notes": []}, {"notes": {}}])
def test_a_request_without_notes_has_none(data):
    assert read_notes(data) is None


@pytest.mark.parametrize(
    "notes", [pairs(15), {"a": "x" * 256}, {"a": 5, "b": 1.5, "c": True}]
)
def test_valid_notes_are_returned_as_they_are(notes):
    assert read_notes({"notes": notes}) == notes


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        ("text", "notes must be an object of texts"),
        (["text"], "notes must be an object of texts"),
        ({"a": None}, "notes must be an object of texts"),
        ({"a": {"b": "c"}}, "notes must be an object of texts"),
        (pairs(16), TOO_MANY),
        ({"a": "x" * 257}, "The notes may not be greater than 256 characters."),
        ({"a": 10**256}, "The notes may not be greater than 256 characters."),
    ],
)
def test_invalid_notes_are_rejected_with_the_field(notes, text):
    with pytest.raises(Refused) as refusal:
        read_notes({"notes": notes})

    assert refusal.value.description == text
    assert refusal.value.details["field"] == "notes"
