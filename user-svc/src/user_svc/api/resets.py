"""A forgotten password, and whether an address is its owner's."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.web.api import CUSTOMER, no_content
from user_svc import steps
from user_svc.access import Blueprint
from user_svc.api.me import me_id
from user_svc.schemas import (
    AddressConfirmSchema,
    MailedSchema,
    ResetConfirmSchema,
    ResetSchema,
)

blp = Blueprint("resets", __name__, url_prefix="/user", description=__doc__)
MAILED = {"message": "If the address waits for it, a mail is on its way."}
INVALID = "`malformed_json`, `invalid_token`"


@blp.route("/password-reset/")
class PasswordReset(MethodView):
    """A wish for a new password."""

    @blp.public
    @blp.arguments(ResetSchema)
    @blp.response(202, MailedSchema)
    def post(self, fields: dict[str, Any]) -> Any:
        """Have a token mailed, good once for ten minutes, if there is an account."""
        steps.ask_reset(fields["email"])
        return MAILED


@blp.route("/password-reset/confirm/")
class PasswordResetConfirmation(MethodView):
    """The new password."""

    @blp.public
    @blp.arguments(ResetConfirmSchema)
    @blp.problems(_400=INVALID)
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Set a new password by a mailed token; every session ends."""
        steps.reset_password(fields["token"], fields["new_password"])
        return no_content()


@blp.route("/verify-email/")
class EmailVerification(MethodView):
    """A wish to show that one's address is one's own."""

    @blp.requires(CUSTOMER)
    @blp.response(202, MailedSchema)
    def post(self) -> Any:
        """Have a token mailed to your address, good once for a day."""
        steps.ask_address(me_id())
        return MAILED


@blp.route("/verify-email/confirm/")
class EmailVerificationConfirmation(MethodView):
    """The proof."""

    @blp.public
    @blp.arguments(AddressConfirmSchema)
    @blp.problems(_400=INVALID)
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Verify an address by a mailed token."""
        steps.verify_address(fields["token"])
        return no_content()
