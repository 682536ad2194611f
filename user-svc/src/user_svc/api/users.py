"""Accounts: registration, and what staff and admins do with them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import url_for
from flask.views import MethodView

from chassis import auth, pagination
from chassis.api import ADMIN, CUSTOMER, STAFF, no_content
from chassis.errors import Forbidden, NotFound
from user_svc import passwords
from user_svc.accounts import Blueprint
from user_svc.api.me import check_match, check_password_for_email
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import User
from user_svc.schemas import (
    RegistrationSchema,
    UserPatchSchema,
    UserPutSchema,
    UserQuerySchema,
    UserSchema,
)

blp = Blueprint("users", __name__, url_prefix="/user", description="Accounts")
COLUMNS = {
    "id": User.id,
    "name": User.name,
    "email": User.email,
    "created_at": User.created_at,
}


def hashed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hash the password before the view's transaction begins: it takes 18 ms."""

    @wraps(view)
    def wrapper(self: Any, body: dict[str, Any]) -> Any:
        password = body.pop("password")
        passwords.check("password", password, body["name"], body["email"])
        return view(self, {**body, "password_hash": passwords.hashed(password)})

    return wrapper


def register(body: dict[str, Any]) -> Any:
    """Make an account and answer it."""
    user = UserManager(db.session).register(**body)
    return user, 201, {"Location": url_for("users.UserById", user_id=user.id)}


@blp.route("/register/")
class Registration(MethodView):
    """Registration."""

    @blp.public
    @blp.arguments(RegistrationSchema)
    @blp.problems(_409="`email_taken`, or `idempotency_in_progress`")
    @hashed
    @blp.idempotent
    @blp.resource(UserSchema, 201)
    def post(self, body: dict[str, Any]) -> Any:
        """Register an account."""
        return register(body)


@blp.route("/")
class Users(MethodView):
    """All accounts."""

    @blp.requires(STAFF)
    @blp.arguments(UserQuerySchema, location="query")
    @blp.page(UserSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """List accounts."""
        statement = UserManager(db.session).listing(query)
        return pagination.paginate(db.session, statement, COLUMNS, query)

    @blp.public
    @blp.arguments(RegistrationSchema)
    @blp.problems(_409="`email_taken`, or `idempotency_in_progress`")
    @hashed
    @blp.idempotent
    @blp.resource(UserSchema, 201)
    def post(self, body: dict[str, Any]) -> Any:
        """Register an account."""
        return register(body)


def visible(user_id: int) -> User:
    """Return a user whom the caller may see; anybody else does not exist."""
    caller = auth.caller()
    if not (caller.id == user_id or caller.is_staff or caller.may("users:read")):
        raise NotFound(f"There is no user {user_id}.")
    return UserManager(db.session).get_user(user_id)


def changeable(user_id: int) -> User:
    """Return a user whom the caller may change: oneself, or anyone for an admin."""
    user = visible(user_id)
    caller = auth.caller()
    if caller.id != user_id and not caller.may(ADMIN):
        raise Forbidden("Only an admin may change somebody else's account.")
    return user


def change(user_id: int, changes: dict[str, Any]) -> User:
    """Change an account as its owner or an admin may."""
    user, caller = changeable(user_id), auth.caller()
    if not caller.may(ADMIN) and {"role", "is_active"} & changes.keys():
        raise Forbidden("Only an admin may change a role or an account's activity.")
    if caller.id == user_id:
        check_password_for_email(changes, user.email)
        user = changeable(user_id)
    changes.pop("current_password", None)
    check_match(user)
    UserManager(db.session).change(user, changes)
    db.session.commit()
    return user


@blp.route("/<id:user_id>/")
class UserById(MethodView):
    """One account."""

    @blp.requires(CUSTOMER, "users:read")
    @blp.problems(_404="`not_found`")
    @blp.resource(UserSchema)
    def get(self, user_id: int) -> Any:
        """Get an account."""
        return visible(user_id)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPutSchema)
    @blp.problems(_404="`not_found`", _409="`email_taken`")
    @blp.resource(UserSchema)
    def put(self, body: dict[str, Any], user_id: int) -> Any:
        """Replace an account's profile."""
        return change(user_id, body)

    @blp.requires(CUSTOMER)
    @blp.arguments(UserPatchSchema)
    @blp.problems(_404="`not_found`", _409="`email_taken`")
    @blp.resource(UserSchema)
    def patch(self, changes: dict[str, Any], user_id: int) -> Any:
        """Change an account."""
        return change(user_id, changes)

    @blp.requires(CUSTOMER)
    @blp.problems(_404="`not_found`")
    @blp.response(204)
    def delete(self, user_id: int) -> Any:
        """Close an account and forget whose it was."""
        user = changeable(user_id)
        check_match(user)
        UserManager(db.session).close(user)
        db.session.commit()
        return no_content()
