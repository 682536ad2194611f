"""The JSON in and out."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.fields import ListQuery, Moment, QueryFlag, Schema, Text, Whole, sort
from user_svc import emails
from user_svc.models import Role
from user_svc.passwords import LONGEST, SHORTEST

PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class Email(Text):
    """An e-mail address in its usual spelling."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "email", "example": "asha@shop.example"}
        super().__init__(most=emails.LONGEST, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return emails.normal(text)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class Password(fields.String):
    """A password, exactly as it was typed: not trimmed, not normalised."""

    def __init__(self, least: int = 1, **kwargs: Any) -> None:
        rules = [validate.Length(least, LONGEST), _no_control_characters]
        metadata = {"format": "password", "example": "a-long-walk-in-the-rain"}
        super().__init__(validate=rules, load_only=True, metadata=metadata, **kwargs)


def _no_control_characters(text: str) -> None:
    if _CONTROL.search(text):
        raise ValidationError("Control characters are not allowed.")


class Flag(fields.Boolean):
    """A JSON boolean; neither "true" nor 1 is one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def _role(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf([str(role) for role in Role]), **kwargs
    )


def _phone(**kwargs: Any) -> fields.String:
    rule = validate.Regexp(
        re.compile(PHONE.pattern + r"\Z"),
        error="Not a phone number such as +919876543210.",
    )
    metadata = {"example": "+919876543210"}
    return fields.String(validate=rule, allow_none=True, metadata=metadata, **kwargs)


class UserSchema(Schema):
    """A user, as clients see one."""

    id = Whole()
    name = fields.String(metadata={"example": "Asha Rao"})
    email = fields.String(metadata={"format": "email", "example": "asha@shop.example"})
    phone = _phone()
    role = _role()
    is_active = fields.Boolean()
    email_verified = fields.Boolean()
    created_at = Moment()
    updated_at = Moment()


class RegisterSchema(Schema):
    """A new account."""

    name = Text(most=100, required=True, metadata={"example": "Asha Rao"})
    email = Email(required=True)
    password = Password(SHORTEST, required=True)


class ProfilePatchSchema(Schema):
    """Parts of one's own profile; another e-mail needs `current_password`."""

    name = Text(most=100)
    email = Email()
    phone = _phone()
    current_password = Password()


class UserPatchSchema(ProfilePatchSchema):
    """Parts of a user; `role` and `is_active` are for admins."""

    role = _role()
    is_active = Flag()


class UserPutSchema(UserPatchSchema):
    """A user's whole profile; `role` and `is_active` stay when not given."""

    name = Text(most=100, required=True)
    email = Email(required=True)
    phone = _phone(load_default=None)


class PasswordChangeSchema(Schema):
    """The password that is, and the one that shall be."""

    current_password = Password(required=True)
    new_password = Password(SHORTEST, required=True)


class LoginSchema(Schema):
    """Who signs in."""

    email = Text(
        most=emails.LONGEST, required=True, metadata={"example": "asha@shop.example"}
    )
    password = Password(required=True)


class RefreshSchema(Schema):
    """A refresh token."""

    refresh_token = fields.String(
        required=True, validate=validate.Length(1, 200), load_only=True
    )


class TokenSchema(Schema):
    """An access token and, for a user, what gets the next one."""

    access_token = fields.String()
    token_type = fields.String(metadata={"example": "Bearer"})
    expires_in = Whole(metadata={"description": "Seconds.", "example": 600})
    refresh_token = fields.String()
    refresh_expires_in = Whole(metadata={"description": "Seconds."})
    scope = fields.String(metadata={"description": "Of a service's token."})


class PairSchema(TokenSchema):
    """A user's tokens."""

    class Meta(TokenSchema.Meta):
        """A user's token has a role and no scope."""

        exclude = ("scope",)


class KeysSchema(Schema):
    """Public keys as a JWKS (RFC 7517)."""

    keys = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class UserQuerySchema(ListQuery):
    """Which users, in which order."""

    q = Text(most=100, metadata={"description": "In the name or e-mail address."})
    role = _role()
    is_active = QueryFlag()
    created_from = Moment()
    created_to = Moment()
    sort = sort("id", "name", "email", "created_at", default="id")
