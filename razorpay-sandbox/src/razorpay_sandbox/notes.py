"""Notes: up to 15 key-value pairs on each entity."""

from typing import Any

from razorpay_sandbox.errors import LinkError, Refused

MAX_PAIRS = 15
TOO_MANY = "Number of fields in notes should be less than or equal to 15"


def check_link_notes(notes: Any) -> None:
    """Raise LinkError if a link's notes are invalid; values hold 255 characters."""
    if not all(isinstance(value, str) for value in notes.values()):
        raise LinkError("incorrect JSON object received - faulty key: notes.")
    if len(notes) > MAX_PAIRS:
        raise LinkError(TOO_MANY)
    if any(len(value) > 255 for value in notes.values()):
        raise LinkError("value: the length must not be greater than 255.")


def read_notes(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the notes of a request, or None; values hold 256 characters."""
    notes = data.get("notes")
    if notes in (None, [], {}):
        return None
    if not isinstance(notes, dict) or not all(map(_is_plain, notes.values())):
        raise Refused("notes must be an object of texts", "notes")
    if len(notes) > MAX_PAIRS:
        raise Refused(TOO_MANY, "notes")
    if any(len(str(value)) > 256 for value in notes.values()):
        raise Refused("The notes may not be greater than 256 characters.", "notes")
    return notes


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)
