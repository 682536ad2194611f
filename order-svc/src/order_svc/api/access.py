"""Whose orders a caller sees, and who orders for whom."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from chassis.errors import Unavailable, Unprocessable
from chassis.web import auth, idempotency
from order_svc import steps
from order_svc.managers import Customer, OrderManager


def manager() -> OrderManager:
    """Return the manager that acts for the caller."""
    return steps.manager(str(auth.caller()))


def owner() -> int | None:
    """Return whose orders alone the caller may see; None for staff, who see all."""
    caller = auth.caller()
    return None if caller.is_staff else caller.id


def for_whom(body: dict[str, Any]) -> int:
    """Return the id of who orders; only staff may name somebody else."""
    caller = auth.caller()
    assert caller.id is not None
    if "user_id" not in body:
        return caller.id
    if not caller.is_staff:
        raise Unprocessable("1 field(s) are not valid.", errors={"user_id": [STAFF]})
    return int(body["user_id"])


STAFF = "Unknown field: only staff order for somebody else."


def with_customer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ask user-svc who orders, before any transaction; not again for a known key."""

    @wraps(view)
    def wrapper(self: Any, body: dict[str, Any]) -> Any:
        user_id = for_whom(body)
        customer = None if idempotency.is_known() else steps.admit(user_id)
        return view(self, body, customer)

    return wrapper


def known(customer: Customer | None) -> Customer:
    """Return the customer; a key that was pruned a moment ago is asked for again."""
    if customer is None:
        raise Unavailable("Send the request again.")
    return customer
