"""The rules of orders in their plainest form, for test_orders_model.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PRICE = 499  # rupees for a piece
LINK_SECONDS, NO_LINK_SECONDS, MINUTE, GIVE_UP = 960, 960, 60, 60
REFUND_AGAIN, REFUND_AGAIN_MOST = 300, 64 * 300
DECIDED = ("confirmed", "refund_pending", "refunded")
STATUSES = {
    "confirmed": "success",
    "rejected": "failed",
    "expired": "failed",
    "cancelled": "cancelled",
    "refund_pending": "refunding",
    "refunded": "refunded",
}
REASONS = {"cancelling": "cancelled", "cancelled": "cancelled"}


def money(rupees: int) -> str:
    return f"{rupees}.00"


@dataclass
class Refund:
    """A refund of a payment; `due`: when its request is sent again."""

    payment: int
    reason: str
    n: int
    amount: int
    due: int | None
    state: str = "requested"
    attempts: int = 0

    @property
    def name(self) -> tuple[Any, ...]:
        return (self.payment, self.reason, self.n)

    @property
    def request(self) -> tuple[Any, ...]:
        return ("refund.requested", *self.name, money(self.amount))


@dataclass
class Order:
    """An order: what is known of its money, its stock and its messages.

    `stock` is what product-svc knows of the order, `heard` what it was asked to do
    with reserved stock; `due`: when the worker acts next.
    """

    quantity: int
    placed_at: int
    due: int | None = None
    stock: str = ""
    path: list[str] = field(default_factory=lambda: ["placed"])
    version: int = 1
    total: int = 0
    payment: int | None = None
    captured: int = 0
    payment_status: str | None = None
    link_ends_at: int | None = None
    refunds: list[Refund] = field(default_factory=list)
    sent: list[tuple[Any, ...]] = field(default_factory=list)
    commands: list[list[str]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    restocked: int = 0
    quarantined: set[int] = field(default_factory=set)

    # ---- what there is ----
    @property
    def state(self) -> str:
        return self.path[-1]

    @property
    def status(self) -> str:
        return STATUSES.get(self.state, "pending")

    def sum(self, *states: str) -> int:
        own = [one for one in self.refunds if one.payment == self.payment]
        return sum(one.amount for one in own if one.state in states)

    @property
    def refunded(self) -> int:
        return self.sum("processed") if self.payment else 0

    @property
    def remaining(self) -> int:
        return self.captured - self.sum("requested", "processed")

    def is_automatic(self, payment: int | None) -> bool:
        people = ("staff", "direct")
        mine = [one for one in self.refunds if one.payment == payment]
        return any(one.reason not in people for one in mine)

    @property
    def deadline(self) -> int:
        if self.link_ends_at is None:
            return self.placed_at + NO_LINK_SECONDS
        return self.link_ends_at + MINUTE

    # ---- how it changes ----
    def move(self, now: int, state: str | None = None) -> None:
        self.version += 1
        if state is not None:
            self.path.append(state)
        self.due = self._next(now)

    def _next(self, now: int) -> int | None:
        if self.state == "awaiting_payment":
            again = now + MINUTE
            has_link = self.link_ends_at is not None
            return self.deadline if has_link else min(again, self.deadline)
        if self.state in ("expiring", "cancelling"):
            return now + MINUTE
        return now if self.state == "paid" else None

    def command(self, kind: str) -> None:
        self.commands.append([kind, "pending"])

    def ask_for_payment(self) -> None:
        self.sent.append(("payment.requested", money(self.total)))

    def ask_for_close(self) -> None:
        reason = "cancelled" if self.state == "cancelling" else "expired"
        self.sent.append(("payment.close_requested", reason))

    def settle(self, payment: int, refund_id: int | None = None) -> None:
        outcome = "refund" if self.is_automatic(payment) else "kept"
        self.sent.append(("order.settled", payment, outcome, refund_id))

    def ask_for_refund(
        self, now: int, payment: int, reason: str, amount: int, n: int = 1
    ) -> None:
        refund = Refund(payment, reason, n, amount, now + REFUND_AGAIN)
        self.refunds.append(refund)
        self.sent.append(refund.request)

    # ---- product-svc ----
    def reserve(self, now: int) -> None:
        self.stock, self.total = "held", PRICE * self.quantity
        self.payment_status = "PENDING"
        self.move(now, "awaiting_payment")
        self.ask_for_payment()

    def _commit(self, now: int) -> None:
        assert self.payment is not None
        self.heard.append("commit")
        if self.stock in ("held", "release"):
            self.stock = "committed"
            self.move(now, "confirmed")
        else:
            self.move(now, "refund_pending")
            self.ask_for_refund(now, self.payment, "stock_gone", self.captured)
        self.settle(self.payment)

    def _obey(self, command: list[str]) -> None:
        kind, command[1] = command[0].replace("_", " "), "done"
        self.heard.append(kind)
        if kind == "restock":
            return
        if self.stock == "committed":
            command[1] = "refused"
        else:
            self.stock = kind

    # ---- payment-svc ----
    def link_ready(self, now: int) -> None:
        if self.state == "awaiting_payment":
            self.link_ends_at = now + LINK_SECONDS
            self.move(now)

    def capture(self, now: int, payment: int, amount: int) -> str:
        if payment == self.payment or self.is_automatic(payment):
            if self.state in DECIDED:
                self.move(now)
                self.settle(payment)
            return "handled"
        if self.total and amount != self.total:
            is_known = payment in self.quarantined
            self.quarantined.add(payment)
            return "handled" if is_known else "quarantined"
        if self.payment is None:
            self._take(now, payment, amount)
        elif self.state in DECIDED:
            self.move(now)
            self.ask_for_refund(now, payment, "duplicate", amount)
            self.settle(payment)
        return "handled"

    def _take(self, now: int, payment: int, amount: int) -> None:
        source, self.payment, self.captured = self.state, payment, amount
        self.payment_status = "COMPLETED"
        if source in ("awaiting_payment", "expiring", "expired"):
            self.move(now, "paid")
            return
        reason = REASONS.get(source, "rejected")
        self.move(now, "refund_pending")
        self.ask_for_refund(now, payment, reason, amount)
        self.settle(payment)
        if source in ("placed", "cancelling"):
            self.command("release_final")

    def close(self, now: int, reason: str) -> None:
        ends = {
            "awaiting_payment": ("expired", "release"),
            "expiring": ("expired", "release"),
            "cancelling": ("cancelled", "release_final"),
        }
        if self.state in ends:
            state, command = ends[self.state]
            self.payment_status = reason.upper()
            self.move(now, state)
            self.command(command)

    def answer(self, now: int, refund: Refund, state: str, refund_id: int) -> None:
        """Record payment-svc's answer to a refund, or the same answer again."""
        refund.state, refund.due = state, None
        is_whole = self.captured and self.refunded >= self.captured
        is_last = state == "processed" and is_whole and refund.payment == self.payment
        ends = is_last and self.state in ("confirmed", "refund_pending")
        self.move(now, "refunded" if ends else None)
        if self.refunded:
            self.payment_status = "REFUNDED" if is_whole else "PARTIALLY_REFUNDED"
        if refund.reason == "direct" and state == "processed":
            self.settle(refund.payment, refund_id)

    # ---- people ----
    def cancel(self, now: int) -> int:
        if self.state in ("cancelled", "rejected"):
            return 200
        if self.state in ("paid", "expired", *DECIDED):
            return 409
        if self.state == "placed":
            self.move(now, "cancelled")
            self.command("release_final")
        elif self.state != "cancelling":
            is_asked = self.state == "expiring"
            self.move(now, "cancelling")
            if not is_asked:
                self.ask_for_close()
        return 202

    def refund(self, now: int, amount: int | None, pieces: int) -> str:
        """Refund by staff; return the code of the refusal, or nothing."""
        wanted = self.remaining if amount is None else amount
        if refusal := self._refusal(wanted, pieces):
            return refusal
        is_rest = wanted == self.remaining and self.state == "confirmed"
        self.move(now, "refund_pending" if is_rest else None)
        assert self.payment is not None
        n = 1 + sum(one.reason == "staff" for one in self.refunds)
        self.ask_for_refund(now, self.payment, "staff", wanted, n)
        if pieces:
            self.restocked += pieces
            self.command("restock")
        return ""

    def _refusal(self, wanted: int, pieces: int) -> str:
        rules = (
            ("not_refundable", self.payment is None),
            ("refund_too_large", not 0 < wanted <= self.remaining),
            ("not_committed", pieces and self.is_automatic(self.payment)),
            ("restock_too_large", self.restocked + pieces > self.quantity),
            ("not_refundable", self.state == "paid"),
        )
        return next((code for code, is_refused in rules if is_refused), "")

    # ---- the worker ----
    def work(self, now: int) -> None:
        if self.due is not None and self.due <= now:
            CHECKS[self.state](self, now)
        for command in self.commands:
            if command[1] == "pending":
                self._obey(command)
        for refund in self.refunds:
            if refund.due is not None and refund.due <= now:
                refund.attempts += 1
                pause = REFUND_AGAIN * 2**refund.attempts
                refund.due = now + min(pause, REFUND_AGAIN_MOST)
                self.sent.append(refund.request)

    def _resume(self, now: int) -> None:
        if now - self.placed_at > GIVE_UP:
            self.move(now, "rejected")
            self.command("release_final")
        else:
            self.reserve(now)

    def _wait_for_payment(self, now: int) -> None:
        if now >= self.deadline:
            self.move(now, "expiring")
            self.ask_for_close()
        else:
            self.move(now)
            self.ask_for_payment()

    def _close_again(self, now: int) -> None:
        self.move(now)
        self.ask_for_close()


CHECKS: dict[str, Callable[[Order, int], None]] = {
    "placed": Order._resume,
    "awaiting_payment": Order._wait_for_payment,
    "expiring": Order._close_again,
    "cancelling": Order._close_again,
    "paid": Order._commit,
}
