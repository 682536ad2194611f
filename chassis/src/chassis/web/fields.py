"""Marshmallow fields that accept exactly the documented formats."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, RAISE, ValidationError, fields, missing, validate
from marshmallow import Schema as MarshmallowSchema

from chassis import json
from chassis.db import MAX_ID
from chassis.web import moments, texts

_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")
_MONEY = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
LONGEST_CURSOR = 1700  # for a sort value of 100 characters, each escaped twice


class Schema(MarshmallowSchema):
    """The base of all request and response schemas: unknown fields are refused."""

    class Meta:
        """Refuse unknown fields; message schemas are loaded with EXCLUDE instead."""

        unknown = RAISE


class Text(fields.String):
    """Text of 1..`most` characters, trimmed, NFC, without hidden characters.

    A blank text is what a form leaves unfilled: null where null is allowed, otherwise
    the default, otherwise an error. Only with `lines` a text may have line breaks.
    """

    def __init__(
        self, *, most: int, least: int = 1, lines: bool = False, **kwargs: Any
    ) -> None:
        given = kwargs.pop("validate", [])
        rules = [*(given if isinstance(given, list) else [given])]
        super().__init__(**kwargs)
        self.most, self.lines = most, lines
        may_be_blank = self.allow_none or self.load_default is not missing
        shortest = None if may_be_blank else least
        self.validators = [validate.Length(shortest, most), *rules]
        pattern = _pattern(rules, lines=lines, may_be_blank=may_be_blank)
        self.metadata = {"pattern": pattern, **self.metadata}

    def deserialize(
        self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Read a text; a blank one that is not too long counts as not given."""
        if isinstance(value, str) and self._is_unfilled(value):
            value = self._not_given()
        return super().deserialize(value, attr, data, **kwargs)

    def _is_unfilled(self, text: str) -> bool:
        return len(text) <= self.most and texts.is_blank(text, lines=self.lines)

    def _not_given(self) -> Any:
        if self.allow_none:
            return None
        if self.load_default is missing:
            raise ValidationError("Must not be blank.")
        return missing

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self.lines:
            text = texts.with_newlines(text)
        elif texts.LINE_BREAKS.search(text):
            raise ValidationError("Line breaks are not allowed.")
        if texts.has_hidden(text, lines=self.lines):
            raise ValidationError("Control and hidden characters are not allowed.")
        if not texts.is_visible(text):
            raise ValidationError("Must not be blank.")
        return texts.normalized(text.strip(), self.most)


def _pattern(rules: list[Any], *, lines: bool, may_be_blank: bool) -> str:
    """Return the pattern to document: that of a rule, or of all texts."""
    own: list[Any] = [r.regex.pattern for r in rules if isinstance(r, validate.Regexp)]
    if own:
        return rf"{own[0]}|^ *$" if may_be_blank else own[0]
    return texts.pattern(lines=lines, may_be_blank=may_be_blank)


class Flag(fields.Boolean):
    """A JSON boolean; the text "true" and the number 1 are refused."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Items(fields.List[Any]):
    """A JSON array of `least`..`most` items; nothing is read of a longer one."""

    def __init__(self, inner: Any, *, most: int, least: int = 0, **kwargs: Any) -> None:
        self.length = validate.Length(least, most)
        super().__init__(inner, validate=self.length, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self.length(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """A JSON integer within bounds; "5", 5.0 and true are refused."""

    def __init__(self, least: int = 1, most: int = MAX_ID, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)


class Money(fields.Field[Decimal]):
    """A decimal string of at most two places, `"499.00"`; a JSON number is refused."""

    def __init__(
        self, least: str = "0.00", most: str = "99999999.99", **kwargs: Any
    ) -> None:
        self.least, self.most = Decimal(least), Decimal(most)
        self.pattern = re.compile(_money_pattern(self.least, self.most))
        metadata = {
            "type": "string",
            "pattern": self.pattern.pattern,
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
        fits = self.pattern.fullmatch(value)
        if not fits or not self.least <= amount <= self.most:
            raise ValidationError(f"Must be between {self.least} and {self.most}.")
        return amount


def _money_pattern(least: Decimal, most: Decimal) -> str:
    """Return the pattern of the amounts from 0.00, 0.01 or 1.00 up to 9…9.99."""
    above = "" if least == 0 else "(?=0*[1-9])" if least >= 1 else "(?=.*[1-9])"
    digits = len(str(int(most)))
    return rf"^{above}[0-9]{{1,{digits}}}(\.[0-9]{{1,2}})?$"


class Moment(fields.Field[datetime]):
    """An RFC 3339 timestamp with time zone; written in UTC with Z."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": "string",
            "format": "date-time",
            "maxLength": moments.LONGEST,
            "example": "2026-11-25T09:30:00Z",
            **kwargs.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else json.timestamp(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            if not isinstance(value, str):
                raise ValueError
            return moments.read(value)
        except ValueError:
            raise ValidationError(
                "Not a moment: RFC 3339 with its zone, 2026-11-25T09:30:00Z."
            ) from None


class QueryWhole(fields.Integer):
    """A whole number in a query string: ASCII digits, the first of them not 0."""

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


class QueryList(Items):
    """A parameter that may be repeated or hold values separated by commas."""

    def __init__(self, inner: Any, *, most: int = 100, **kwargs: Any) -> None:
        super().__init__(inner, most=most, least=1, **kwargs)

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
        validate=validate.Length(1, LONGEST_CURSOR),
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
