"""The JSON of accounts and sessions."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.fields import (
    ListQuery,
    Moment,
    QueryFlag,
    Schema,
    Text,
    Whole,
    sort,
)
from user_svc.models import Role
from user_svc.passwords import LEAST, MOST

PHONE = validate.Regexp(
    r"^\+[1-9][0-9]{6,14}\Z",
    error="Not a phone number: E.164, such as +919812345670.",
)


class Email(Text):
    """An e-mail address of at most 254 characters, in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "email", "example": "asha@shop.example"}
        super().__init__(
            most=254, validate=[validate.Email()], metadata=metadata, **kwargs
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()


class Password(fields.String):
    """A password, exactly as typed: spaces and any language's letters count."""

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        length = validate.Length(LEAST if new else 1, MOST)
        super().__init__(validate=[length], load_only=True, required=True, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        password = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in password:
            raise ValidationError("A NUL character is not allowed.")
        return password


class Flag(fields.Boolean):
    """A JSON boolean; neither 1 nor "true" is one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class UserSchema(Schema):
    """An account as its owner and staff see it."""

    id = Whole(dump_only=True, metadata={"example": 17})
    name = Text(most=100, dump_only=True, metadata={"example": "Asha Rao"})
    email = Email(dump_only=True)
    phone = fields.String(dump_only=True, allow_none=True)
    role = fields.String(dump_only=True, metadata={"enum": list(Role)})
    is_active = fields.Boolean(dump_only=True)
    email_verified = fields.Boolean(dump_only=True)
    created_at = Moment(dump_only=True)
    updated_at = Moment(dump_only=True)


class RegistrationSchema(Schema):
    """A new account."""

    name = Text(most=100, required=True, metadata={"example": "Asha Rao"})
    email = Email(required=True)
    password = Password(new=True, metadata={"example": "a long walk in the rain"})


class ProfilePatchSchema(Schema):
    """A change of one's own profile; a new e-mail takes the current password."""

    name = Text(most=100)
    email = Email()
    phone = fields.String(validate=PHONE, allow_none=True)
    current_password = fields.String(validate=validate.Length(1, MOST))


class UserPatchSchema(ProfilePatchSchema):
    """A change of an account; `role` and `is_active` are for admins."""

    role = fields.String(validate=validate.OneOf(list(Role)))
    is_active = Flag()


class UserPutSchema(UserPatchSchema):
    """The whole of an account's profile."""

    name = Text(most=100, required=True)
    email = Email(required=True)
    phone = fields.String(validate=PHONE, allow_none=True, load_default=None)


class PasswordChangeSchema(Schema):
    """A new password, and the present one."""

    current_password = Password()
    new_password = Password(new=True)


class LoginSchema(Schema):
    """Who signs in."""

    email = fields.String(required=True, validate=validate.Length(1, 254))
    password = Password()


class RefreshSchema(Schema):
    """A refresh token."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))


class PairSchema(Schema):
    """A pair of tokens; lifetimes in seconds."""

    access_token = fields.String()
    token_type = fields.String(metadata={"example": "Bearer"})
    expires_in = fields.Integer(metadata={"example": 600})
    refresh_token = fields.String()
    refresh_expires_in = fields.Integer(metadata={"example": 2592000})


class UserQuerySchema(ListQuery):
    """Filters of the list of users."""

    q = fields.String(validate=validate.Length(1, 100))
    role = fields.String(validate=validate.OneOf(list(Role)))
    is_active = QueryFlag()
    created_from = Moment()
    created_to = Moment()
    sort = sort("id", "name", "email", "created_at", default="id")
