"""Password reset and verification of an e-mail address."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.web import limits, proxies
from chassis.web.api import CUSTOMER, no_content
from user_svc import steps
from user_svc.api.access import BUSY, LOCKED, Blueprint, caller_id
from user_svc.schemas import (
    AddressConfirmSchema,
    MailedSchema,
    ResetConfirmSchema,
    ResetSchema,
)

blp = Blueprint("resets", __name__, url_prefix="/user", description=__doc__)
MAILED = {"message": "If the address needs it, a mail will be sent."}
INVALID = "`malformed_json`, `invalid_token`"


@blp.route("/password-reset/")
class PasswordReset(MethodView):
    """A request for a new password."""

    @blp.limited(limits.RESET)
    @blp.public
    @blp.arguments(ResetSchema)
    @blp.response(202, MailedSchema)
    def post(self, fields: dict[str, Any]) -> Any:
        """Mail a token for a new password, valid once within ten minutes."""
        steps.request_reset(fields["email"])
        return MAILED


@blp.route("/password-reset/confirm/")
class PasswordResetConfirmation(MethodView):
    """The confirmation of a reset, with the new password."""

    @blp.limited(limits.RESET)
    @blp.public
    @blp.arguments(ResetConfirmSchema)
    @blp.problems(_400=INVALID, _429=LOCKED, _503=BUSY)
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Set a new password with a mailed token; every session ends."""
        steps.reset_password(fields["token"], fields["new_password"], proxies.client())
        return no_content()


@blp.route("/verify-email/")
class EmailVerification(MethodView):
    """A request to verify an address."""

    @blp.limited(limits.RESET)
    @blp.requires(CUSTOMER)
    @blp.response(202, MailedSchema)
    def post(self) -> Any:
        """Mail a token to your address, valid once within a day."""
        steps.request_verification(caller_id())
        return MAILED


@blp.route("/verify-email/confirm/")
class EmailVerificationConfirmation(MethodView):
    """The confirmation of an address."""

    @blp.public
    @blp.arguments(AddressConfirmSchema)
    @blp.problems(_400=INVALID, _429=LOCKED)
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Verify an address with a mailed token."""
        steps.verify_address(fields["token"], proxies.client())
        return no_content()
