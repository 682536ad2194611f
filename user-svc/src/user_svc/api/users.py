"""Accounts: anyone may register; staff and admins manage the rest."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.errors import Forbidden, NotFound
from chassis.web import auth, idempotency, limits, pagination
from chassis.web.api import CUSTOMER, STAFF
from user_svc import email_addresses, steps
from user_svc.api.access import BUSY, LOCKED, Blueprint
from user_svc.api.changes import change, delete
from user_svc.extensions import db
from user_svc.managers import RIGHTS, UserManager
from user_svc.models import User
from user_svc.schemas import (
    RegisterSchema,
    UserPatchSchema,
    UserPutSchema,
    UserQuerySchema,
    UserSchema,
)

blp = Blueprint("users", __name__, url_prefix="/user", description=__doc__)
SORTS = {
    "id": User.id,
    "name": User.name_sort_key,
    "email": User.email_sort_key,
    "created_at": User.created_at,
}
NOT_FOUND = "does not exist, or is not visible to you"
CHANGES = {
    "_403": "`forbidden`, `wrong_password`",
    "_404": NOT_FOUND,
    "_409": "`email_taken`, `last_admin`, `user_deleted`",
    "_429": LOCKED,
    "_503": BUSY,
}


def _hashing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hash the password before `idempotent` opens its transaction.

    The Idempotency-Keys of strangers are separate for each address.
    """

    @wraps(view)
    def wrapper(self: Any, fields: dict[str, Any]) -> Any:
        name, email = fields["name"], fields["email"]
        idempotency.of_stranger(email_addresses.key(email))
        with steps.hashing().place():
            password_hash = steps.hash_new(fields.pop("password"), name, email)
        return view(self, {**fields, "password_hash": password_hash})

    return wrapper


@blp.route("/")
class Users(MethodView):
    """All accounts."""

    @blp.requires(STAFF)
    @blp.arguments(UserQuerySchema, location="query")
    @blp.page(UserSchema)
    def get(self, query: dict[str, Any]) -> pagination.Page:
        """List users, filtered and sorted."""
        statement = UserManager(db.session).search(query)
        return pagination.paginate(db.session, statement, SORTS, query)

    @blp.limited(limits.REGISTRATION)
    @blp.public
    @blp.arguments(RegisterSchema)
    @_hashing
    @blp.problems(_409="`email_taken`", _503=BUSY)
    @blp.idempotent
    @blp.resource(UserSchema, 201)
    def post(self, fields: dict[str, Any]) -> Any:
        """Register an account for a customer."""
        user = UserManager(db.session).register(**fields)
        location = f"{steps.settings().public_url}/user/{user.id}/"
        return user, 201, {"Location": location}


@blp.route("/register/")
class Registration(MethodView):
    """A second address of the registration."""

    post = Users.post


@blp.route("/<id:user_id>/")
class UserById(MethodView):
    """One account."""

    @blp.requires(CUSTOMER, "users:read")
    @blp.problems(_404=NOT_FOUND)
    @blp.resource(UserSchema)
    def get(self, user_id: int) -> Any:
        """Get a user; for the user, staff, and services with `users:read`."""
        if not auth.caller().client:
            _check_visible(user_id)
        return UserManager(db.session).get(user_id)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPutSchema)
    @blp.guarded
    @blp.problems(**CHANGES)
    @blp.resource(UserSchema)
    def put(self, fields: dict[str, Any], user_id: int) -> Any:
        """Replace a user's profile; only admins may set `role` and `is_active`."""
        _check_changeable(user_id, fields)
        return change(user_id, fields)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPatchSchema)
    @blp.guarded
    @blp.problems(**CHANGES)
    @blp.resource(UserSchema)
    def patch(self, fields: dict[str, Any], user_id: int) -> Any:
        """Change fields of a user; only admins may set `role` and `is_active`."""
        _check_changeable(user_id, fields)
        return change(user_id, fields)

    @blp.requires(CUSTOMER)
    @blp.guarded
    @blp.problems(_404=NOT_FOUND, _409="`last_admin`")
    @blp.response(204)
    def delete(self, user_id: int) -> Response:
        """Delete an account; its personal data is erased."""
        _check_changeable(user_id, {})
        return delete(user_id)


def _check_visible(user_id: int) -> None:
    if not (_is_self(user_id) or auth.caller().is_staff):
        raise NotFound(f"There is no user {user_id}.")


def _check_changeable(user_id: int, fields: dict[str, Any]) -> None:
    _check_visible(user_id)
    if auth.caller().may(auth.ADMIN):
        return
    if not _is_self(user_id):
        raise Forbidden("Only admins may change other users.")
    if fields.keys() & RIGHTS:
        raise Forbidden("Only admins may change role and is_active.")


def _is_self(user_id: int) -> bool:
    return auth.caller().id == user_id
