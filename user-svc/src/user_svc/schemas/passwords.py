"""The JSON of password changes, resets and the verification of an address."""

from marshmallow import fields, validate

from chassis.web.fields import Schema
from user_svc.passwords import SHORTEST
from user_svc.schemas.fields import Email, Password


class PasswordChangeSchema(Schema):
    """The current password and the new one."""

    current_password = Password(required=True)
    new_password = Password(SHORTEST, required=True)


class ResetSchema(Schema):
    """The address of the account whose password was forgotten."""

    email = Email(required=True)


def _mailed_token() -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(1, 200), load_only=True
    )


class ResetConfirmSchema(Schema):
    """The token from the mail, and the new password."""

    token = _mailed_token()
    new_password = Password(SHORTEST, required=True)


class AddressConfirmSchema(Schema):
    """The token from the mail."""

    token = _mailed_token()


class MailedSchema(Schema):
    """A response that is the same for every address."""

    message = fields.String()
