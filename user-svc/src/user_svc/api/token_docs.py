"""How OpenAPI describes the token endpoint, whose form and errors are OAuth's."""

from typing import Any

FORM = "application/x-www-form-urlencoded"


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _object(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


GRANT_TYPES = ["password", "refresh_token", "client_credentials"]
PARAMETERS = {
    "grant_type": _text("What is offered for the token.", enum=GRANT_TYPES),
    "username": _text("The e-mail address (password)."),
    "password": _text("The password (password).", format="password"),
    "refresh_token": _text("The token to spend (refresh_token)."),
    "audience": _text("For which service (client_credentials)."),
    "scope": _text("Scopes parted by spaces (client_credentials)."),
    "client_id": _text("The service (client_credentials), unless by HTTP Basic."),
    "client_secret": _text("Its secret (client_credentials), unless by HTTP Basic."),
}
REQUEST = {
    "required": True,
    "content": {FORM: {"schema": _object(["grant_type"], PARAMETERS)}},
}
ERROR = {"error": _text("The code."), "error_description": _text("Why, in a sentence.")}
REFUSAL = {
    "description": "Refused, as RFC 6749 has it",
    "content": {"application/json": {"schema": _object(list(ERROR), ERROR)}},
}
