"""The OpenAPI description of the token endpoint's form and errors."""

from typing import Any

FORM = "application/x-www-form-urlencoded"


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _object(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


GRANT_TYPES = ["password", "refresh_token", "client_credentials"]
PARAMETERS = {
    "grant_type": _text("The OAuth 2.0 grant.", enum=GRANT_TYPES),
    "username": _text("The e-mail address; for `password`."),
    "password": _text("The password; for `password`.", format="password"),
    "refresh_token": _text("The refresh token; for `refresh_token`."),
    "audience": _text("The service to call; for `client_credentials`."),
    "scope": _text("Scopes, separated by spaces; for `client_credentials`."),
    "client_id": _text("The service; for `client_credentials` without Basic."),
    "client_secret": _text("Its secret; for `client_credentials` without Basic."),
}
# The parameters that each grant requires; an empty one counts as missing.
REQUIRED = {
    "password": ["username", "password"],
    "refresh_token": ["refresh_token"],
    "client_credentials": ["audience", "scope"],
}


def _grant(grant_type: str, names: list[str]) -> dict[str, Any]:
    required = {name: {"type": "string", "minLength": 1} for name in names}
    properties = {"grant_type": {"const": grant_type}, **required}
    return {"title": grant_type, "required": names, "properties": properties}


SCHEMA = {
    **_object(["grant_type"], PARAMETERS),
    "oneOf": [_grant(grant_type, names) for grant_type, names in REQUIRED.items()],
}
REQUEST = {"required": True, "content": {FORM: {"schema": SCHEMA}}}
ERROR = {"error": _text("The code."), "error_description": _text("The reason.")}
REFUSAL = {
    "description": "An error of RFC 6749",
    "content": {"application/json": {"schema": _object(list(ERROR), ERROR)}},
}
