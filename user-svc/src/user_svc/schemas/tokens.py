"""The JSON of sign-in, tokens and public keys."""

from marshmallow import fields, validate

from chassis.web.fields import Schema, Text, Whole
from user_svc.email_addresses import LONGEST
from user_svc.schemas.fields import Password


class LoginSchema(Schema):
    """The credentials of a user."""

    email = Text(
        most=LONGEST,
        required=True,
        metadata={"example": "asha@shop.example"},
    )
    password = Password(required=True)


class RefreshSchema(Schema):
    """A refresh token."""

    refresh_token = fields.String(
        required=True, validate=validate.Length(1, 200), load_only=True
    )


class TokenSchema(Schema):
    """An access token and, for a user, a refresh token."""

    access_token = fields.String()
    token_type = fields.String(metadata={"example": "Bearer"})
    expires_in = Whole(metadata={"description": "Seconds.", "example": 600})
    refresh_token = fields.String()
    refresh_expires_in = Whole(metadata={"description": "Seconds."})
    scope = fields.String(metadata={"description": "Only for a service's token."})


class PairSchema(TokenSchema):
    """A user's tokens."""

    class Meta(TokenSchema.Meta):
        """Leave out `scope`, which only services' tokens have."""

        exclude = ("scope",)


class KeysSchema(Schema):
    """Public keys as a JWKS (RFC 7517)."""

    keys = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
