"""The OAuth 2.0 token endpoint (RFC 6749): form in, RFC 6749 errors out."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, jsonify, request
from flask.views import MethodView

from chassis.errors import Unauthorized, UnsupportedMediaType
from user_svc.accounts import Blueprint, settings, with_password
from user_svc.api.sessions import refreshed, tokens
from user_svc.extensions import db
from user_svc.schemas import PairSchema
from user_svc.service_clients import ServiceClientManager

blp = Blueprint("token", __name__, url_prefix="/user", description="OAuth 2.0")
FORM = "application/x-www-form-urlencoded"
MOST = 1000  # characters of one parameter


class Refused(Exception):
    """An RFC 6749 error: its code and a sentence."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.status = code, sentence, status


def parameter(name: str, default: str | None = None) -> str:
    """Return a form parameter that must be there once."""
    values = request.form.getlist(name)
    if not values and default is not None:
        return default
    if len(values) != 1 or len(values[0]) > MOST or "\x00" in values[0]:
        raise Refused("invalid_request", f"{name}: give it once.")
    return values[0]


def by_password() -> dict[str, Any]:
    """Sign a user in; `username` is the e-mail."""
    user = with_password(parameter("username"), parameter("password"))
    if user is None:
        raise Refused("invalid_grant", "E-mail or password is wrong.")
    pair = tokens().sign_in(user)
    db.session.commit()
    return asdict(pair)


def by_refresh_token() -> dict[str, Any]:
    """Exchange a refresh token."""
    try:
        return asdict(refreshed(parameter("refresh_token")))
    except Unauthorized as wrong:
        raise Refused("invalid_grant", wrong.detail) from None


def by_client_credentials() -> dict[str, Any]:
    """Give a service a token for one audience and some of its scopes."""
    audience, scope = parameter("audience"), parameter("scope")
    manager = _clients()
    client = manager.authenticate(*_credentials())
    if client is None:
        raise Refused("invalid_client", "Unknown client or wrong secret.", 401)
    allowed = audience in client.audiences and set(scope.split()) <= set(client.scopes)
    if not allowed or not scope.split():
        raise Refused("invalid_scope", "This client may not have that token.")
    token = tokens().for_service(client, audience, scope)
    db.session.commit()
    lifetime = settings().access_token_seconds
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": scope,
    }


def _credentials() -> tuple[str, str]:
    given = request.authorization
    if given is not None and given.type == "basic":
        return str(given.username), str(given.password)
    return parameter("client_id", ""), parameter("client_secret", "")


def _clients() -> ServiceClientManager:
    """Return the manager, after the table was brought in step once per process."""
    manager = ServiceClientManager(db.session)
    if not current_app.extensions.get("service_clients_in_step"):
        manager.sync(settings().service_clients)
        db.session.commit()
        current_app.extensions["service_clients_in_step"] = True
    return manager


GRANTS: dict[str, Callable[[], dict[str, Any]]] = {
    "password": by_password,
    "refresh_token": by_refresh_token,
    "client_credentials": by_client_credentials,
}


def _answer(document: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(document)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="shop"'
    return response


OAUTH_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
    },
}
TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": list(GRANTS)},
        **{
            name: {"type": "string"}
            for name in (
                "username",
                "password",
                "refresh_token",
                "audience",
                "scope",
                "client_id",
                "client_secret",
            )
        },
    },
}


@blp.route("/token/")
class Token(MethodView):
    """The token endpoint."""

    @blp.public
    @blp.doc(requestBody={"required": True, "content": {FORM: {"schema": TOKEN_FORM}}})
    @blp.response(200, PairSchema)
    @blp.alt_response(400, schema=OAUTH_ERROR, success=False)
    @blp.alt_response(401, schema=OAUTH_ERROR, success=False)
    def post(self) -> Any:
        """Get a token by password, refresh token or client credentials."""
        if request.mimetype != FORM:
            raise UnsupportedMediaType(f"Send the body as Content-Type: {FORM}.")
        try:
            grant = GRANTS.get(parameter("grant_type"))
            if grant is None:
                raise Refused("unsupported_grant_type", f"One of {', '.join(GRANTS)}.")
            return _answer(grant())
        except Refused as why:
            document = {"error": why.code, "error_description": why.sentence}
            return _answer(document, why.status)
