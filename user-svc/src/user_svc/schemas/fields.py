"""Fields of accounts: e-mail, password, role, phone."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.web.fields import Text
from user_svc import email_addresses
from user_svc.models import Role
from user_svc.passwords import LONGEST, has_length

PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class Email(Text):
    """An e-mail address, normalized."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "format": "email",
            "pattern": email_addresses.PATTERN,
            "example": "asha@shop.example",
        }
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
        self.least = least
        metadata = {
            "format": "password",
            "example": "a-long-walk-in-the-rain",
            "minLength": 0 if kwargs.get("allow_none") else least,
            "maxLength": LONGEST,
            "pattern": r"^[^\u0000-\u001f\u007f]*$",
        }
        super().__init__(load_only=True, metadata=metadata, **kwargs)

    def deserialize(
        self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Read a password; where null is allowed, an empty one counts as null."""
        value = None if value == "" and self.allow_none else value
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not has_length(text, self.least):
            raise ValidationError(f"Must have {self.least} to {LONGEST} characters.")
        if _CONTROL.search(text):
            raise ValidationError("Control characters are not allowed.")
        return text


def roles(**kwargs: Any) -> fields.String:
    """Declare the field of a role."""
    words = [str(word) for word in Role]
    return fields.String(validate=validate.OneOf(words), **kwargs)


def phones(**kwargs: Any) -> Text:
    """Declare the field of a phone number (E.164) or null."""
    rule = validate.Regexp(PHONE, error="Not a phone number such as +919876543210.")
    metadata = {"example": "+919876543210"}
    return Text(most=16, validate=rule, allow_none=True, metadata=metadata, **kwargs)
