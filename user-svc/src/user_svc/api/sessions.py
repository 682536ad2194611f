"""Signing in and out."""

from typing import Any

from flask.views import MethodView

from chassis.api import CUSTOMER, no_content
from chassis.errors import Unauthorized
from user_svc.accounts import Blueprint, me, settings, with_password
from user_svc.extensions import db
from user_svc.schemas import LoginSchema, PairSchema, RefreshSchema
from user_svc.tokens import Pair, TokenManager

blp = Blueprint("sessions", __name__, url_prefix="/user", description="Sessions")


def tokens() -> TokenManager:
    """Return the manager of this request's session."""
    return TokenManager(db.session, settings())


@blp.route("/login/")
class Login(MethodView):
    """Sign-in."""

    @blp.public
    @blp.arguments(LoginSchema)
    @blp.problems(_401="`invalid_credentials`, the same for an unknown e-mail")
    @blp.response(200, PairSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Sign in with e-mail and password."""
        user = with_password(body["email"], body["password"])
        if user is None:
            raise Unauthorized(
                "E-mail or password is wrong.", code="invalid_credentials"
            )
        pair = tokens().sign_in(user)
        db.session.commit()
        return pair, 200, {"Cache-Control": "no-store"}


def refreshed(token: str) -> Pair:
    """Return the successor pair and commit; a token used again ends its family."""
    pair = tokens().refresh(token)
    db.session.commit()
    if pair is None:
        raise Unauthorized(
            "This refresh token was used before; its session is over, sign in again.",
            code="refresh_token_reused",
        )
    return pair


@blp.route("/token/refresh/")
class Refresh(MethodView):
    """Rotation of tokens."""

    @blp.public
    @blp.arguments(RefreshSchema)
    @blp.problems(_401="`unauthorized`, or `refresh_token_reused`")
    @blp.response(200, PairSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Exchange a refresh token for a new pair; the old one is spent."""
        pair = refreshed(body["refresh_token"])
        return pair, 200, {"Cache-Control": "no-store"}


@blp.route("/logout/")
class Logout(MethodView):
    """Sign-out."""

    @blp.requires(CUSTOMER)
    @blp.arguments(RefreshSchema)
    @blp.response(204)
    def post(self, body: dict[str, Any]) -> Any:
        """Sign out: the refresh token and its successors end."""
        row = tokens().find(body["refresh_token"])
        if row is not None and row.user_id == me().id:
            tokens().revoke(row.family)
            db.session.commit()
        return no_content()
