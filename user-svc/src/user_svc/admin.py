"""The staff panel: staff see everything except secrets; admins manage accounts."""

from typing import Any

from flask import Flask
from marshmallow import ValidationError
from sqlalchemy import or_

import chassis.admin
from chassis.admin import ModelView, action
from chassis.web.api import invalid
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import (
    KnownAddress,
    Mail,
    OneTimeToken,
    RefreshFamily,
    RefreshToken,
    Role,
    ServiceClient,
    SigningKey,
    User,
)
from user_svc.queries import contains
from user_svc.schemas import UserPatchSchema


def _change(row: User, data: dict[str, Any]) -> User:
    """Change a user by the rules of the API, or raise a Problem."""
    try:
        fields = UserPatchSchema().load(data)
    except ValidationError as error:
        raise invalid(error) from None
    users = UserManager(db.session)
    return users.change(users.lock(row.id, fields), fields)


class UserView(ModelView):
    """Accounts; as in the API, only admins change those of others."""

    can_edit = True
    writers = ("admin",)
    hidden = ("password_hash", "email_key")
    column_list = (
        "id",
        "name",
        "email",
        "phone",
        "role",
        "is_active",
        "email_verified",
        "created_at",
        "updated_at",
    )
    column_searchable_list = ("name", "email", "phone")
    form_columns = ("name", "phone")

    def matching(self, text: str) -> Any:
        """Search names, addresses and phone numbers."""
        return or_(contains(text), User.phone.contains(text, autoescape=True))

    def on_edit(self, row: User, data: dict[str, Any]) -> User:
        """Change name and phone number."""
        return _change(row, data)

    @action("deactivate", "Deactivate", "Deactivate these users? Their sessions end.")
    def deactivate(self, ids: list[str]) -> None:
        """Deactivate accounts."""
        self.each(ids, "deactivate", lambda row: _change(row, {"is_active": False}))

    @action("activate", "Activate", "Allow these users to sign in again?")
    def activate(self, ids: list[str]) -> None:
        """Activate accounts."""
        self.each(ids, "activate", lambda row: _change(row, {"is_active": True}))

    @action("customer", "Make customers", "Give these users the role of a customer?")
    def make_customers(self, ids: list[str]) -> None:
        """Give the role of a customer."""
        self.each(ids, "customer", lambda row: _change(row, {"role": Role.CUSTOMER}))

    @action("staff", "Make staff", "Give these users the role of staff?")
    def make_staff(self, ids: list[str]) -> None:
        """Give the role of staff."""
        self.each(ids, "staff", lambda row: _change(row, {"role": Role.STAFF}))

    @action("admin", "Make admins", "Give these users the role of an admin?")
    def make_admins(self, ids: list[str]) -> None:
        """Give the role of an admin."""
        self.each(ids, "admin", lambda row: _change(row, {"role": Role.ADMIN}))


class RefreshTokenView(ModelView):
    """Refresh tokens, without their hashes."""

    hidden = ("token_hash",)


class OneTimeTokenView(ModelView):
    """Mailed tokens, without their hashes."""

    hidden = ("token_hash",)


class MailView(ModelView):
    """Mails, without the ids from which their tokens are derived."""

    hidden = ("message_id",)


class ServiceClientView(ModelView):
    """Service clients, without the hashes of their secrets."""

    hidden = ("secret_hash",)
    column_list = ("client_id", "audiences", "scopes", "created_at", "updated_at")


class SigningKeyView(ModelView):
    """Signing keys, without the private halves."""

    hidden = ("private_key",)


class KnownAddressView(ModelView):
    """From how many addresses a user has signed in, and when last."""

    hidden = ("address",)


def init_app(app: Flask) -> None:
    """Serve the panel at /admin/."""
    views = [
        UserView(User, db, name="Users"),
        ModelView(RefreshFamily, db, name="Sessions"),
        KnownAddressView(KnownAddress, db, name="Known addresses"),
        RefreshTokenView(RefreshToken, db, name="Refresh tokens"),
        OneTimeTokenView(OneTimeToken, db, name="Mailed tokens"),
        MailView(Mail, db, name="Mails"),
        ServiceClientView(ServiceClient, db, name="Service clients"),
        SigningKeyView(SigningKey, db, name="Signing keys"),
    ]
    chassis.admin.init_app(app, "Users", db, views)
