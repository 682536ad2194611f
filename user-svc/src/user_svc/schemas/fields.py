"""Fields of accounts: e-mail, password, role, phone, strict boolean."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.web.fields import Text
from user_svc import email_addresses
from user_svc.models import Role
from user_svc.passwords import LONGEST

PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class Email(Text):
    """An e-mail address, normalized."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "email", "example": "asha@shop.example"}
        super().__init__(most=email_addresses.LONGEST, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return email_addresses.normalized(text)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class Password(fields.String):
    """A password, exactly as it was typed: neither trimmed nor normalized."""

    def __init__(self, least: int = 1, **kwargs: Any) -> None:
        rules: list[Any] = [validate.Length(least, LONGEST), _no_control_characters]
        metadata = {"format": "password", "example": "a-long-walk-in-the-rain"}
        super().__init__(validate=rules, load_only=True, metadata=metadata, **kwargs)


def _no_control_characters(text: str) -> None:
    if _CONTROL.search(text):
        raise ValidationError("Control characters are not allowed.")


class Flag(fields.Boolean):
    """A JSON boolean; the text "true" and the number 1 are refused."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def roles(**kwargs: Any) -> fields.String:
    """Declare the field of a role."""
    words = [str(word) for word in Role]
    return fields.String(validate=validate.OneOf(words), **kwargs)


def phones(**kwargs: Any) -> Text:
    """Declare the field of a phone number (E.164) or null."""
    rule = validate.Regexp(PHONE, error="Not a phone number such as +919876543210.")
    metadata = {"example": "+919876543210"}
    return Text(most=16, validate=rule, allow_none=True, metadata=metadata, **kwargs)
