"""The JSON in and out."""

from marshmallow import fields, validate

from chassis.web.fields import ListQuery, Moment, QueryFlag, Schema, Text, Whole, sort
from user_svc import emails
from user_svc.fields import Email, Flag, Password, phones, roles
from user_svc.passwords import SHORTEST


class UserSchema(Schema):
    """A user, as clients see one."""

    id = Whole()
    name = fields.String(metadata={"example": "Asha Rao"})
    email = fields.String(metadata={"format": "email", "example": "asha@shop.example"})
    phone = phones()
    role = roles()
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
    phone = phones()
    current_password = Password()


class UserPatchSchema(ProfilePatchSchema):
    """Parts of a user; `role` and `is_active` are for admins."""

    role = roles()
    is_active = Flag()


class UserPutSchema(UserPatchSchema):
    """A user's whole profile; `role` and `is_active` stay when not given."""

    name = Text(most=100, required=True)
    email = Email(required=True)
    phone = phones(load_default=None)


class PasswordChangeSchema(Schema):
    """The password that is, and the one that shall be."""

    current_password = Password(required=True)
    new_password = Password(SHORTEST, required=True)


class ResetSchema(Schema):
    """Who has forgotten the password."""

    email = Email(required=True)


def _mailed_token() -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(1, 200), load_only=True
    )


class ResetConfirmSchema(Schema):
    """The token from the mail, and the password that shall be."""

    token = _mailed_token()
    new_password = Password(SHORTEST, required=True)


class AddressConfirmSchema(Schema):
    """The token from the mail."""

    token = _mailed_token()


class MailedSchema(Schema):
    """The same for every address."""

    message = fields.String()


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
    role = roles()
    is_active = QueryFlag()
    created_from = Moment()
    created_to = Moment()
    sort = sort("id", "name", "email", "created_at", default="id")
