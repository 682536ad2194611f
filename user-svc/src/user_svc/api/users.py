"""Accounts: registration for anyone, the rest for staff and admins."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.errors import Forbidden, NotFound
from chassis.web import auth, pagination
from chassis.web.api import CUSTOMER, STAFF
from user_svc import steps
from user_svc.access import Blueprint, settings
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
    "name": User.name,
    "email": User.email,
    "created_at": User.created_at,
}
CHANGES = {
    "_403": "`forbidden`, `wrong_password`",
    "_404": "not there, or not yours to see",
    "_409": "`email_taken`, `last_admin`, `user_deleted`",
}


def _hashing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hash the password before `idempotent` begins its transaction."""

    @wraps(view)
    def wrapper(self: Any, fields: dict[str, Any]) -> Any:
        name, email = fields["name"], fields["email"]
        fresh = steps.new_hash(fields.pop("password"), name, email)
        return view(self, {**fields, "password_hash": fresh})

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

    @blp.public
    @blp.arguments(RegisterSchema)
    @_hashing
    @blp.problems(_409="`email_taken`")
    @blp.idempotent
    @blp.resource(UserSchema, 201)
    def post(self, fields: dict[str, Any]) -> Any:
        """Register: make an account for a customer."""
        user = UserManager(db.session).register(**fields)
        location = f"{settings().public_url}/user/{user.id}/"
        return user, 201, {"Location": location}


@blp.route("/register/")
class Registration(MethodView):
    """The same under its other address."""

    post = Users.post


@blp.route("/<id:user_id>/")
class UserById(MethodView):
    """One account."""

    @blp.requires(CUSTOMER, "users:read")
    @blp.problems(_404="not there, or not yours to see")
    @blp.resource(UserSchema)
    def get(self, user_id: int) -> Any:
        """Show a user: to themselves, staff and services with `users:read`."""
        if not auth.caller().client:
            _check_visible(user_id)
        return UserManager(db.session).get_user(user_id)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPutSchema)
    @blp.problems(**CHANGES)
    @blp.resource(UserSchema)
    def put(self, fields: dict[str, Any], user_id: int) -> Any:
        """Write a user's profile anew; role and activity are for admins."""
        _check_changeable(user_id, fields)
        return change(user_id, fields)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPatchSchema)
    @blp.problems(**CHANGES)
    @blp.resource(UserSchema)
    def patch(self, fields: dict[str, Any], user_id: int) -> Any:
        """Change parts of a user; role and activity are for admins."""
        _check_changeable(user_id, fields)
        return change(user_id, fields)

    @blp.requires(CUSTOMER)
    @blp.problems(_404="not there, or not yours to see", _409="`last_admin`", _412="")
    @blp.response(204)
    def delete(self, user_id: int) -> Response:
        """Close an account for ever; its personal data is forgotten."""
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
        raise Forbidden("Only an admin changes other users.")
    if fields.keys() & RIGHTS:
        raise Forbidden("Only an admin changes role and is_active.")


def _is_self(user_id: int) -> bool:
    return auth.caller().id == user_id
