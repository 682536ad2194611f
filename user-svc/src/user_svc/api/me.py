"""One's own profile."""

from typing import Any

from flask.views import MethodView

from chassis import etag
from chassis.api import CUSTOMER, no_content
from chassis.errors import Forbidden, Unprocessable
from user_svc import passwords
from user_svc.accounts import Blueprint, is_my_password, me
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import User
from user_svc.schemas import PasswordChangeSchema, ProfilePatchSchema, UserSchema

blp = Blueprint("me", __name__, url_prefix="/user/me", description="Own profile")


def check_match(user: User) -> None:
    """Honour If-Match on a user."""
    etag.check(UserSchema().dump(user))


def check_password_for_email(changes: dict[str, Any], email: str) -> None:
    """Take `current_password` out of a change; a new e-mail needs it to be right."""
    given = changes.pop("current_password", None)
    if changes.get("email", email) == email:
        return
    if given is None:
        text = ["Needed to change the e-mail."]
        raise Unprocessable(
            "The current password is missing.", errors={"current_password": text}
        )
    if not is_my_password(given):
        raise Forbidden("The current password is wrong.", code="wrong_password")


@blp.route("/")
class Me(MethodView):
    """The signed-in user."""

    @blp.requires(CUSTOMER)
    @blp.resource(UserSchema)
    def get(self) -> Any:
        """Get your own profile."""
        return me()

    @blp.requires(CUSTOMER)
    @blp.arguments(ProfilePatchSchema)
    @blp.problems(_409="`email_taken`", _403="`forbidden`, or `wrong_password`")
    @blp.resource(UserSchema)
    def patch(self, changes: dict[str, Any]) -> Any:
        """Change your own profile."""
        check_password_for_email(changes, me().email)
        user = me()
        check_match(user)
        UserManager(db.session).change(user, changes)
        db.session.commit()
        return user

    @blp.requires(CUSTOMER)
    @blp.response(204)
    def delete(self) -> Any:
        """Close your account and have your personal data forgotten."""
        user = me()
        check_match(user)
        UserManager(db.session).close(user)
        db.session.commit()
        return no_content()


@blp.route("/password/")
class Password(MethodView):
    """The signed-in user's password."""

    @blp.requires(CUSTOMER)
    @blp.arguments(PasswordChangeSchema)
    @blp.problems(_403="`forbidden`, or `wrong_password`")
    @blp.response(204)
    def post(self, body: dict[str, Any]) -> Any:
        """Change your password; every session ends, sign in again."""
        if not is_my_password(body["current_password"]):
            raise Forbidden("The current password is wrong.", code="wrong_password")
        user = me()
        passwords.check("new_password", body["new_password"], user.name, user.email)
        db.session.rollback()
        new = passwords.hashed(body["new_password"])
        UserManager(db.session).set_password(me(), new)
        db.session.commit()
        return no_content()
