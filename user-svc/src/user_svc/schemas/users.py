"""The JSON of users."""

from marshmallow import fields

from chassis.web.fields import (
    Flag,
    ListQuery,
    Moment,
    QueryFlag,
    Schema,
    Text,
    Whole,
    sort,
)
from user_svc.passwords import SHORTEST
from user_svc.schemas.fields import Email, Password, phones, roles


class UserSchema(Schema):
    """A user."""

    id = Whole()
    name = fields.String(metadata={"example": "Asha Rao"})
    email = fields.String(metadata={"format": "email", "example": "asha@shop.example"})
    phone = phones()
    role = roles()
    is_active = Flag()
    email_verified = Flag()
    created_at = Moment()
    updated_at = Moment()


class RegisterSchema(Schema):
    """A new account."""

    name = Text(most=100, required=True, metadata={"example": "Asha Rao"})
    email = Email(required=True)
    password = Password(SHORTEST, required=True)


class ProfilePatchSchema(Schema):
    """Fields of your profile; a new `email` requires `current_password`."""

    name = Text(most=100)
    email = Email()
    phone = phones()
    current_password = Password(allow_none=True)


class UserPatchSchema(ProfilePatchSchema):
    """Fields of a user; only admins may change `role` and `is_active`."""

    role = roles()
    is_active = Flag()


class UserPutSchema(UserPatchSchema):
    """A user's whole profile; `role` and `is_active` are optional."""

    name = Text(most=100, required=True)
    email = Email(required=True)
    phone = phones(load_default=None)


class UserQuerySchema(ListQuery):
    """Filters and order of the list of users."""

    q = Text(most=100, metadata={"description": "Part of the name or e-mail address."})
    role = roles()
    is_active = QueryFlag()
    created_from = Moment()
    created_to = Moment()
    sort = sort("id", "name", "email", "created_at", default="id")
