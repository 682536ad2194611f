"""The stock that unpaid orders hold: what one customer and one address may hold.

Stock is reserved before it is paid, so an order costs nothing until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from order_svc import queries
from order_svc.managers.placing import Customer
from order_svc.models import Order

SENTENCES = {
    "customer": "Your unpaid orders may hold at most {most} pieces of a product.",
    "unverified": "Until you verify your e-mail address, your unpaid orders may hold "
    "at most {most} pieces of a product.",
    "address": "The unpaid orders from your network may hold at most {most} pieces of "
    "a product.",
}


@dataclass(frozen=True)
class Caps:
    """How many pieces of a product may be held; orders of staff are not checked."""

    customer: int
    unverified: int
    address: int


@dataclass(frozen=True)
class Holder:
    """Whose unpaid orders are added up: `kind` is one of SENTENCES."""

    kind: str
    whose: ColumnElement[bool]
    most: int


def lock_holders(session: Session, customer: Customer, address: str | None) -> None:
    """Let concurrent orders of a customer or an address be checked one by one."""
    names = [f"customer {customer.id}"]
    names += [f"address {address}"] if address else []
    queries.lock_names(session, names)


def check_holdings(
    session: Session,
    customer: Customer,
    address: str | None,
    lines: Mapping[int, int],
    caps: Caps,
) -> None:
    """Raise Conflict `too_much_held` when an order would hold more than is allowed.

    Call `lock_holders` first, and insert the order in the same transaction.
    """
    for holder in _holders(customer, address, caps):
        held = queries.sum_held(session, holder.whose, lines)
        items = [
            {"product_id": product_id, "requested": quantity, "held": before}
            for product_id, quantity in sorted(lines.items())
            if (before := held.get(product_id, 0)) + quantity > holder.most
        ]
        if items:
            raise _refusal(holder, items)


def _holders(customer: Customer, address: str | None, caps: Caps) -> list[Holder]:
    own = Order.user_id == customer.id
    found = [Holder("customer", own, caps.customer)]
    if not customer.email_verified:
        found.append(Holder("unverified", own, caps.unverified))
    if address:
        whose = Order.placed_from == address
        found.append(Holder("address", whose, caps.address))
    return found


def _refusal(holder: Holder, items: list[dict[str, int]]) -> Conflict:
    sentence = SENTENCES[holder.kind].format(most=holder.most)
    return Conflict(
        f"{sentence} Pay or cancel an order first, or order less.",
        code="too_much_held",
        held_by=holder.kind,
        most=holder.most,
        items=items,
    )
