"""The OAuth 2.0 token endpoint, with the errors that RFC 6749 defines."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView

from chassis.errors import Unauthorized
from chassis.web import bodies, limits, proxies
from user_svc import steps
from user_svc.api.access import BUSY, LOCKED, Blueprint
from user_svc.api.token_openapi import FORM, REFUSAL, REQUEST
from user_svc.models import ServiceClient
from user_svc.schemas import TokenSchema

blp = Blueprint("token", __name__, url_prefix="/user", description=__doc__)
NO_STORE = {"Cache-Control": "no-store"}
SHORT = 8192
NAMES = (
    *("grant_type", "username", "password", "refresh_token", "audience", "scope"),
    *("client_id", "client_secret"),
)


class OAuthError(Exception):
    """An error of RFC 6749: its code, a sentence, and the response's status."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.status = code, sentence, status

    def response(self) -> Response:
        """Return the HTTP response."""
        body = jsonify(error=self.code, error_description=self.sentence)
        body.status_code = self.status
        body.headers.update(NO_STORE)
        if self.status == 401:
            body.headers["WWW-Authenticate"] = 'Basic realm="shop"'
        return body


def _is_service() -> bool:
    """Return whether a service asks for itself, which is not a sign-in.

    The body is searched here: only a short one, and no parameter that is encoded.
    """
    if request.mimetype != FORM or (request.content_length or SHORT) >= SHORT:
        return False
    return b"grant_type=client_credentials" in request.get_data().split(b"&")


@blp.route("/token/")
class Token(MethodView):
    """The token endpoint."""

    @blp.limited(limits.SIGN_IN, unless=_is_service)
    @blp.public
    @blp.doc(requestBody=REQUEST, responses={"400": REFUSAL, "401": REFUSAL})
    @blp.problems(_415="", _429=LOCKED, _503=BUSY)
    @blp.response(200, TokenSchema)
    def post(self) -> Any:
        """Get tokens with an OAuth 2.0 grant."""
        bodies.require(FORM)
        bodies.check_form(FORM)
        try:
            return _grant(_form()), 200, NO_STORE
        except OAuthError as error:
            return error.response()


def _form() -> dict[str, str]:
    """Return the known parameters; RFC 6749 requires us to ignore the others."""
    if any(len(values) > 1 for _, values in request.form.lists()):
        raise OAuthError("invalid_request", "A parameter is given twice.")
    return {name: request.form.get(name, "") for name in NAMES}


def _grant(form: dict[str, str]) -> steps.Tokens:
    (grant_type,) = _require(form, "grant_type")
    grant = GRANTS.get(grant_type)
    if grant is None:
        raise OAuthError("unsupported_grant_type", f"One of {', '.join(GRANTS)}.")
    try:
        return grant(form)
    except Unauthorized as error:
        raise OAuthError("invalid_grant", error.detail) from None


def _require(form: dict[str, str], *names: str) -> list[str]:
    for name in names:
        if not form[name]:
            raise OAuthError("invalid_request", f"{name} is missing.")
    return [form[name] for name in names]


def _password(form: dict[str, str]) -> steps.Tokens:
    email, password = _require(form, "username", "password")
    return steps.sign_in(email, password, proxies.client())


def _refresh_token(form: dict[str, str]) -> steps.Tokens:
    (token,) = _require(form, "refresh_token")
    return steps.refresh(token, proxies.client())


def _client_credentials(form: dict[str, str]) -> steps.Tokens:
    client = steps.find_client(*_credentials(form))
    if client is None:
        raise OAuthError("invalid_client", "Unknown client or wrong secret.", 401)
    (audience,) = _require(form, "audience")
    if audience not in client.audiences:
        raise OAuthError("invalid_target", "Not an audience of this client.")
    scopes = _scopes(form["scope"], client)
    return steps.service_token(client.client_id, audience, scopes)


def _scopes(text: str, client: ServiceClient) -> list[str]:
    wanted = sorted(set(text.split()))
    if not wanted or not set(wanted) <= set(client.scopes):
        raise OAuthError(
            "invalid_scope",
            "Request one or more scopes of this client.",
        )
    return wanted


def _credentials(form: dict[str, str]) -> tuple[str, str]:
    """Return the client's id and secret, from HTTP Basic or from the form."""
    lines = request.headers.getlist("Authorization")
    given = request.authorization
    if not lines:
        return form["client_id"], form["client_secret"]
    if form["client_secret"]:
        raise OAuthError(
            "invalid_request",
            "Use HTTP Basic or the form, not both.",
        )
    if len(lines) > 1 or given is None or given.type != "basic":
        raise OAuthError("invalid_client", "Send the credentials by HTTP Basic.", 401)
    return given.username or "", given.password or ""


GRANTS: dict[str, Callable[[dict[str, str]], steps.Tokens]] = {
    "password": _password,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
}
