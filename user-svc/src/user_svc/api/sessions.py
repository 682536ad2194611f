"""Sign in, refresh tokens, sign out."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.web import limits, proxies
from chassis.web.api import CUSTOMER, no_content
from user_svc import steps
from user_svc.api.access import BUSY, LOCKED, Blueprint, caller_id
from user_svc.schemas import LoginSchema, PairSchema, RefreshSchema

blp = Blueprint("sessions", __name__, url_prefix="/user", description=__doc__)
NO_STORE = {"Cache-Control": "no-store"}


@blp.route("/login/")
class Login(MethodView):
    """A sign-in."""

    @blp.limited(limits.SIGN_IN)
    @blp.public
    @blp.arguments(LoginSchema)
    @blp.problems(_401="`invalid_credentials`", _429=LOCKED, _503=BUSY)
    @blp.response(200, PairSchema)
    def post(self, fields: dict[str, Any]) -> Any:
        """Sign in with e-mail address and password."""
        return steps.sign_in(**fields, address=proxies.client()), 200, NO_STORE


@blp.route("/token/refresh/")
class TokenRefresh(MethodView):
    """A refresh of a session's tokens."""

    @blp.public
    @blp.arguments(RefreshSchema)
    @blp.problems(_401="`unauthorized`, `refresh_token_reused`", _429=LOCKED)
    @blp.response(200, PairSchema)
    def post(self, fields: dict[str, Any]) -> Any:
        """Exchange a refresh token for new tokens; it can be used only once."""
        return steps.refresh(fields["refresh_token"], proxies.client()), 200, NO_STORE


@blp.route("/logout/")
class Logout(MethodView):
    """A sign-out."""

    @blp.requires(CUSTOMER)
    @blp.arguments(RefreshSchema)
    @blp.response(204)
    def post(self, fields: dict[str, Any]) -> Response:
        """Sign out: the refresh token and those before it become invalid."""
        steps.sign_out(fields["refresh_token"], caller_id())
        return no_content()
