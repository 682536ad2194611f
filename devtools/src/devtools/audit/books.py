"""The data that the invariants check: four databases and the sandbox's ledger.

Nothing is written, and no code of the services runs: the rows are read on plain
connections and joined in Python, because no query can join four databases.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from order_svc.models import UNPAID, HistoryKind, OrderState
from payment_svc.models import PaymentState, RefundReason, RefundState
from payment_svc.models.disputes import CLOSED, FRAUD, WON

Rows = Sequence[Any]  # of SQLAlchemy's Row: a column is an attribute
Found = Iterable[dict[str, Any]]
UNFINISHED = (
    *UNPAID,
    OrderState.UNDER_REVIEW,
    OrderState.PAID,
    OrderState.REFUND_PENDING,
)
AWAITING = (OrderState.AWAITING_PAYMENT, OrderState.EXPIRING)


@dataclass(kw_only=True)
class Books:
    """The rows of every relevant table, and what several invariants derive from them.

    `ledger` is what the sandbox's `/control/ledger/` answers, amounts in paise. With
    `drained` nothing is in progress and all rows are checked; otherwise only rows that
    have not changed within `slack`.
    """

    # order-svc
    orders: Rows
    order_items: Rows
    order_history: Rows
    order_refunds: Rows
    stock_commands: Rows
    order_outbox: Rows
    order_inbox: Rows
    order_quarantine: Rows
    order_dead_letters: Rows
    order_keys: Rows
    # product-svc
    products: Rows
    categories: Rows
    product_words: Rows
    product_texts: Rows
    reservations: Rows
    reservation_items: Rows
    reservation_history: Rows
    movements: Rows
    price_changes: Rows
    product_keys: Rows
    # payment-svc
    payments: Rows
    payment_history: Rows
    refunds: Rows
    refund_history: Rows
    disputes: Rows
    dispute_history: Rows
    webhooks: Rows
    payment_outbox: Rows
    payment_inbox: Rows
    payment_quarantine: Rows
    payment_dead_letters: Rows
    payment_keys: Rows
    # user-svc
    users: Rows
    families: Rows
    tokens: Rows
    mailed_tokens: Rows
    user_keys: Rows

    ledger: Mapping[str, list[dict[str, Any]]]
    now: datetime
    slack: timedelta
    drained: bool
    queue_was_lost: bool

    # ---- time ----
    def is_past(self, moment: datetime) -> bool:
        """Return whether a time is in the past by more than the slack."""
        return moment <= self.now - self.slack

    def is_judged(self, moment: datetime) -> bool:
        """Return whether a row that changed at this time should be final by now."""
        return self.drained or self.is_past(moment)

    def is_at_rest(self, order_id: int | None) -> bool:
        """Return whether no service is still working on an order."""
        changed = self._changes.get(order_id)
        return changed is None or self.is_judged(changed)

    @cached_property
    def _changes(self) -> dict[int | None, datetime]:
        found: dict[int | None, datetime] = {}
        for order_id, moment in chain(self._order_changes(), self._payment_changes()):
            found[order_id] = max(moment, found.get(order_id, moment))
        return found

    def _order_changes(self) -> Iterable[tuple[int | None, datetime]]:
        yield from ((row.id, row.updated_at) for row in self.orders)
        for row in chain(self.reservations, self.stock_commands, self.order_refunds):
            yield row.order_id, row.updated_at
        for row in chain(self.order_outbox, self.payment_outbox):
            yield int(row.subject.rpartition("/")[2]), row.published_at or self.now

    def _payment_changes(self) -> Iterable[tuple[int | None, datetime]]:
        yield from ((int(row.order_id), row.updated_at) for row in self.payments)
        for row in self.refunds:
            yield self.order_of_payment.get(row.payment_id), row.updated_at
        for capture in self.captures:
            yield self.order_of_capture(capture), moment_of(capture)

    # ---- orders and stock ----
    @cached_property
    def order(self) -> dict[int, Any]:
        """The orders by id."""
        return {row.id: row for row in self.orders}

    def is_finished(self, order_id: int | None) -> bool:
        """Return whether an order is finished or does not exist."""
        row = self.order.get(order_id) if order_id is not None else None
        return row is None or row.state not in UNFINISHED

    @cached_property
    def confirmed(self) -> set[int]:
        """The ids of orders that are, or once were, CONFIRMED."""
        moves = (row for row in self.order_history if row.kind == HistoryKind.STATE)
        return {row.order_id for row in moves if row.to_state == OrderState.CONFIRMED}

    @cached_property
    def reservation(self) -> dict[int, Any]:
        """The reservations by order id."""
        return {row.order_id: row for row in self.reservations}

    @cached_property
    def sold(self) -> dict[int, Counter[int]]:
        """The orders' quantities by product id."""
        return quantities(self.order_items)

    @cached_property
    def reserved(self) -> dict[int, Counter[int]]:
        """The reservations' quantities by product id."""
        return quantities(self.reservation_items)

    @cached_property
    def returned(self) -> dict[int, Counter[int]]:
        """The restocked quantities by order and product id."""
        return quantities(self.reservation_items, "returned")

    # ---- money ----
    @property
    def links(self) -> list[dict[str, Any]]:
        """The provider's payment links."""
        return self.ledger.get("links", [])

    @cached_property
    def captures(self) -> list[dict[str, Any]]:
        """The provider's captured payments, including refunded ones."""
        return [row for row in self.ledger.get("payments", []) if row["captured"]]

    @property
    def provider_refunds(self) -> list[dict[str, Any]]:
        """The provider's refunds of captures, without failed ones.

        The provider returns a payment that is not captured in time; no service has it.
        """
        rows = self.ledger.get("refunds", [])
        payments = self.ledger.get("payments", [])
        returned = {row["id"] for row in payments if not row["captured"]}
        live = (row for row in rows if row["status"] != "failed")
        return [row for row in live if row["payment_id"] not in returned]

    @cached_property
    def payment(self) -> dict[int, Any]:
        """The payments by id."""
        return {row.id: row for row in self.payments}

    @cached_property
    def order_of_payment(self) -> dict[int, int]:
        """The payments' order ids."""
        return {row.id: int(row.order_id) for row in self.payments}

    @cached_property
    def order_of_link(self) -> dict[str, int]:
        """The orders of the provider's links: by our reference, else by the notes."""
        ours = {row.receipt: int(row.order_id) for row in self.payments}
        noted = {row["id"]: (row["notes"] or {}).get("order_id") for row in self.links}
        found = {row["id"]: ours.get(row["reference_id"]) for row in self.links}
        known = {link: found[link] or noted[link] for link in found}
        return {link: int(order_id) for link, order_id in known.items() if order_id}

    @cached_property
    def payment_of_capture(self) -> dict[str, int]:
        """The ids of the payments that have, or have refunded, a capture."""
        sent_back = {row.razorpay_payment_id: row.payment_id for row in self.refunds}
        held = {row.razorpay_payment_id: row.id for row in self.payments}
        known: dict[str | None, int] = sent_back | held
        return {capture: owner for capture, owner in known.items() if capture}

    @cached_property
    def refunded_elsewhere(self) -> set[str]:
        """The captures of which a part or all was refunded at the provider."""
        reason = RefundReason.PROVIDER
        return {row.razorpay_payment_id for row in self.refunds if row.reason == reason}

    def order_of_capture(self, capture: Mapping[str, Any]) -> int | None:
        """Return the order of a capture, or None when it is unknown."""
        payment_id = self.payment_of_capture.get(capture["id"])
        if payment_id is not None:
            return self.order_of_payment.get(payment_id)
        return self.order_of_link.get(capture["plink_id"])

    @cached_property
    def _waiting(self) -> set[str]:
        """The captures with a refund that waits for a dispute."""
        held = {
            row.razorpay_payment_id
            for row in self.disputes
            if row.status not in (None, WON, CLOSED) and row.phase != FRAUD
        }
        return {
            row.razorpay_payment_id
            for row in self.refunds
            if row.state == RefundState.REQUESTED and row.razorpay_payment_id in held
        }

    @cached_property
    def waits_for_person(self) -> set[int]:
        """The orders that wait for a decision of a person.

        They have a payment under review that order-svc knows, a capture whose last
        refund has failed and that is not refunded completely, or a refund that waits
        for a dispute.
        """
        back: dict[str, Decimal] = defaultdict(Decimal)
        # A refund that was requested before any capture is of none.
        refunds = [row for row in self.refunds if row.razorpay_payment_id is not None]
        for row in refunds:
            if row.state != RefundState.FAILED:
                back[row.razorpay_payment_id] += row.amount
        last = {row.razorpay_payment_id: row.state for row in refunds}
        waiting = {
            int(row.order_id)
            for row in self.payments
            if row.state == PaymentState.UNDER_REVIEW
            or row.razorpay_payment_id in self._waiting
            or (
                last.get(row.razorpay_payment_id) == RefundState.FAILED
                and back[row.razorpay_payment_id] < row.captured_amount
            )
        }
        return waiting - self._unaware

    @property
    def _unaware(self) -> set[int]:
        """The orders that await a payment which is already under review."""
        reviewed = {
            int(row.order_id)
            for row in self.payments
            if row.state == PaymentState.UNDER_REVIEW and row.extra_of is None
        }
        orders = (self.order[one] for one in reviewed & self.order.keys())
        return {row.id for row in orders if row.state in AWAITING}


def is_replaced(payment: Any) -> bool:
    """Return whether a payment was made before its order, which has another one."""
    return payment.extra_of is not None and bool(payment.extra_of == payment.id)


def quantities(lines: Rows, column: str = "quantity") -> dict[int, Counter[int]]:
    """Add up lines by order and product, leaving out what is nothing."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for line in lines:
        if amount := getattr(line, column):
            found[line.order_id][line.product_id] += amount
    return found


def moment_of(entity: Mapping[str, Any]) -> datetime:
    """Return the creation time of an object of the provider."""
    return datetime.fromtimestamp(entity["created_at"], UTC)
