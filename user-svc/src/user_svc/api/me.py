"""The signed-in user."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.web import limits
from chassis.web.api import CUSTOMER, no_content
from user_svc import steps
from user_svc.api.access import BUSY, LOCKED, Blueprint, caller_id, session_id
from user_svc.api.changes import change, delete
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.schemas import PasswordChangeSchema, ProfilePatchSchema, UserSchema

blp = Blueprint("me", __name__, url_prefix="/user/me", description=__doc__)


@blp.route("/")
class Me(MethodView):
    """Your own profile."""

    @blp.requires(CUSTOMER)
    @blp.resource(UserSchema)
    def get(self) -> Any:
        """Get your profile."""
        return UserManager(db.session).get(caller_id())

    @blp.requires(CUSTOMER)
    @blp.arguments(ProfilePatchSchema)
    @blp.guarded
    @blp.problems(_403="`wrong_password`", _409="`email_taken`", _429=LOCKED, _503=BUSY)
    @blp.resource(UserSchema)
    def patch(self, fields: dict[str, Any]) -> Any:
        """Change your name, e-mail address or phone number."""
        return change(caller_id(), fields)

    @blp.requires(CUSTOMER)
    @blp.guarded
    @blp.problems(_409="`last_admin`")
    @blp.response(204)
    def delete(self) -> Response:
        """Delete your account; your personal data is erased."""
        return delete(caller_id())


@blp.route("/password/")
class MyPassword(MethodView):
    """Your own password."""

    @blp.limited(limits.SIGN_IN)
    @blp.requires(CUSTOMER)
    @blp.arguments(PasswordChangeSchema)
    @blp.problems(
        _403="`wrong_password`",
        _409="changed by another request",
        _429=LOCKED,
        _503=BUSY,
    )
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Change your password; every other session ends."""
        current, new = fields["current_password"], fields["new_password"]
        steps.change_password(caller_id(), current, new, session_id())
        return no_content()
