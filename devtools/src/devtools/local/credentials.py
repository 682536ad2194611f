"""The local run's secrets: generated once, stored in `var/secrets.env`."""

import json
import os
import secrets
import string
from pathlib import Path

from chassis import env_files
from devtools.layout import SERVICES, state_folder

# The services that call others, with the audiences and scopes that they use.
CLIENTS = {
    "order-svc": (["product-svc", "user-svc"], ["stock:reserve", "users:read"]),
}
DEMO_ROLES = ("customer", "staff", "admin")
HEADING = "# Made by the first `make run`, for this machine alone. Never commit it.\n"


def file() -> Path:
    """Return where the secrets are kept."""
    return state_folder() / "secrets.env"


def load() -> dict[str, str]:
    """Read the secrets, and generate missing ones."""
    path = file()
    known = env_files.read(path)
    values = {**_generate(), **known}
    values["SERVICE_CLIENTS"] = _permitted(values["SERVICE_CLIENTS"])
    if values != known:
        _write(path, values)
    return values


def _permitted(text: str) -> str:
    """Give the clients of a file their present permissions; keep their secrets."""
    made = {one["client_id"]: one for one in json.loads(text)}
    known = {name: made.get(name, {}).get("client_secret") for name in CLIENTS}
    return json.dumps([_client(name, secret) for name, secret in known.items()])


def client_secret(known: dict[str, str], service: str) -> str:
    """Return a service's own client secret, or "" when it is no client."""
    clients = json.loads(known["SERVICE_CLIENTS"])
    found = [c["client_secret"] for c in clients if c["client_id"] == service]
    return found[0] if found else ""


def secret_key_name(service: str) -> str:
    """Return the name under which a service's SECRET_KEY is kept."""
    return service.replace("-", "_").upper() + "_SECRET_KEY"


def _generate() -> dict[str, str]:
    values = {secret_key_name(service): _secret() for service in SERVICES}
    values["SIGNING_KEY_SECRET"] = _secret()
    values["SERVICE_CLIENTS"] = json.dumps([_client(name) for name in CLIENTS])
    values["RAZORPAY_KEY_ID"] = "rzp_test_" + _word(14)
    values["RAZORPAY_KEY_SECRET"] = _secret()
    values["RAZORPAY_WEBHOOK_SECRET"] = _secret()
    for role in DEMO_ROLES:
        values[f"DEMO_{role.upper()}_EMAIL"] = f"{role}@shop.example"
        # Typed by hand into sign-in pages: letters and digits, but enough of them.
        values[f"DEMO_{role.upper()}_PASSWORD"] = _word(20)
    return values


def _client(name: str, secret: str | None = None) -> dict[str, object]:
    audiences, scopes = CLIENTS[name]
    return {
        "client_id": name,
        "client_secret": secret or _secret(),
        "audiences": audiences,
        "scopes": scopes,
    }


def _secret() -> str:
    return secrets.token_urlsafe(36)


def _word(length: int) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _write(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = HEADING + "".join(f"{name}='{value}'\n" for name, value in values.items())
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    # Created with its permissions, so that no other user can ever read it.
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
    ) as f:
        f.write(text)
    draft.replace(path)
