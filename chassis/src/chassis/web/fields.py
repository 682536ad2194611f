"""Marshmallow fields that accept exactly the documented formats."""

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, RAISE, ValidationError, fields, validate
from marshmallow import Schema as MarshmallowSchema

from chassis import json
from chassis.db import MAX_ID

_MONEY = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,19}")
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)"
)
# Control characters, bidirectional overrides and zero-width marks: they make two
# names look alike, or a log line look like another.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_HIDDEN_BUT_LINES = re.compile(
    _HIDDEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f")
)


class Schema(MarshmallowSchema):
    """The base of all request and response schemas: unknown fields are refused."""

    class Meta:
        """Refuse unknown fields; message schemas are loaded with EXCLUDE instead."""

        unknown = RAISE


class Text(fields.String):
    """Text of 1..`most` characters, trimmed, NFC, without hidden characters."""

    def __init__(
        self, *, most: int, least: int = 1, lines: bool = False, **kwargs: Any
    ) -> None:
        given = kwargs.pop("validate", [])
        rules = [*(given if isinstance(given, list) else [given])]
        super().__init__(validate=[validate.Length(least, most), *rules], **kwargs)
        self.hidden = _HIDDEN_BUT_LINES if lines else _HIDDEN

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self.hidden.search(text):
            raise ValidationError("Control and hidden characters are not allowed.")
        return unicodedata.normalize("NFC", text).strip()


class Whole(fields.Integer):
    """A JSON integer within bounds; "5", 5.0 and true are refused."""

    def __init__(self, least: int = 1, most: int = MAX_ID, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Money(fields.Field[Decimal]):
    """A decimal string of at most two places, `"499.00"`; a JSON number is refused."""

    def __init__(
        self, least: str = "0.00", most: str = "99999999.99", **kwargs: Any
    ) -> None:
        self.least, self.most = Decimal(least), Decimal(most)
        metadata = {
            "type": "string",
            "pattern": r"^\d{1,13}(\.\d{1,2})?$",
            "example": "499.00",
            **kwargs.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or not _MONEY.fullmatch(value):
            raise ValidationError(
                'Not an amount: a string such as "499.00", two decimal places at most.'
            )
        amount = Decimal(value).quantize(Decimal("0.01"))
        if not self.least <= amount <= self.most:
            raise ValidationError(f"Must be between {self.least} and {self.most}.")
        return amount


class Moment(fields.Field[datetime]):
    """An RFC 3339 timestamp with time zone; written in UTC with Z."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": "string",
            "format": "date-time",
            "example": "2026-11-25T09:30:00Z",
            **kwargs.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else json.timestamp(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            if not isinstance(value, str) or not _RFC3339.fullmatch(value):
                raise ValueError
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(
                "Not a moment: RFC 3339 with its zone, 2026-11-25T09:30:00Z."
            ) from None


class QueryWhole(fields.Integer):
    """A whole number in a query string: ASCII digits only."""

    def __init__(self, least: int = 1, most: int = MAX_ID, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class QueryFlag(fields.Field[bool]):
    """`true` or `false` in a query string."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"type": "boolean", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise ValidationError("Must be true or false.")
        return bool(value == "true")


class QueryList(fields.List[Any]):
    """A parameter that may be repeated or hold values separated by commas."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        parts = [part for item in value for part in str(item).split(",")]
        return super()._deserialize(parts, attr, data, **kwargs)


class ListQuery(Schema):
    """The parameters that every list accepts."""

    limit = QueryWhole(
        1, 100, load_default=20, metadata={"description": "How many, 1..100."}
    )
    cursor = fields.String(
        load_default=None,
        metadata={"description": "`next_cursor` of the page before."},
    )


def sort(*names: str, default: str) -> fields.String:
    """Declare a list's `sort` parameter: one of the names, `-` for descending."""
    choices = [sign + name for name in names for sign in ("", "-")]
    return fields.String(
        load_default=default,
        validate=validate.OneOf(choices),
        metadata={"description": "`-` for descending."},
    )


class ProblemSchema(Schema):
    """A problem of RFC 9457; some codes have members of their own."""

    class Meta:
        """Extension members are part of the format."""

        unknown = INCLUDE

    type = fields.String(metadata={"example": "urn:shop:problem:not_found"})
    title = fields.String(metadata={"example": "Not Found"})
    status = fields.Integer(metadata={"example": 404})
    detail = fields.String(metadata={"example": "There is no order 17."})
    instance = fields.String(metadata={"example": "/orders/17/"})
    code = fields.String(metadata={"example": "not_found"})
    correlation_id = fields.String(
        metadata={"example": "3f0c1a52-6c1e-4f0e-9d53-2f1f6b7a1c90"}
    )
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "For 422: messages by dotted field path."},
    )
