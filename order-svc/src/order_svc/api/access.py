"""Access rules: which orders a caller sees, and for whom a caller may order."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app

from chassis.errors import Unavailable, Unprocessable
from chassis.web import auth, idempotency, proxies
from order_svc import steps
from order_svc.managers import Customer
from order_svc.steps import Context

STAFF_ONLY = "Unknown field: only staff may order for another user."


def start_work() -> Context:
    """Start the request's unit of work, with the caller as its actor."""
    return Context.start(str(auth.caller()))


def owner() -> int | None:
    """Return the user whose orders the caller may see; None (all users) for staff."""
    caller = auth.caller()
    return None if caller.is_staff else caller.id


def client_mac() -> str | None:
    """Return a MAC of the client's address; None for staff, who order for others."""
    if auth.caller().is_staff:
        return None
    secret = str(current_app.secret_key).encode()
    text = f"placed from {proxies.client()}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def customer_id(body: dict[str, Any]) -> int:
    """Return the id of the order's customer; only staff may set `user_id`."""
    caller = auth.caller()
    assert caller.id is not None
    if "user_id" not in body:
        return caller.id
    if not caller.is_staff:
        raise Unprocessable(
            "1 field(s) are not valid.", errors={"user_id": [STAFF_ONLY]}
        )
    return int(body["user_id"])


def with_customer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Check the customer before any transaction, unless the key is already known."""

    @wraps(view)
    def wrapper(self: Any, body: dict[str, Any]) -> Any:
        user_id = customer_id(body)
        is_known = idempotency.is_known()
        customer = None if is_known else steps.check_customer(user_id)
        return view(self, body, customer)

    return wrapper


def require_customer(customer: Customer | None) -> Customer:
    """Return the customer; raise Unavailable when the check was skipped.

    The check is skipped for a known idempotency key, which may be deleted before this
    request reads its row.
    """
    if customer is None:
        raise Unavailable("Send the request again.")
    return customer
