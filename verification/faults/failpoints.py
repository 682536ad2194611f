"""The failpoints: places where a process can be killed, and how they are reached.

`CRASH_AT=name:nth` in the environment of a process kills it when it passes the
failpoint for the nth time. `EVERY` lists every failpoint of the code, once for each
process that passes it in an ordinary run; a test compares the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass

Passings = tuple[int, ...]
OFTEN: Passings = (1, 2, 5)
TWICE: Passings = (1, 2)
ONCE: Passings = (1,)


@dataclass(frozen=True)
class Point:
    """One failpoint of one process: the passings to try, and how it is reached."""

    process: str
    name: str
    nth: Passings
    reached_by: str

    def crash_at(self) -> Iterator[str]:
        """Yield the values of CRASH_AT to try."""
        return (f"{self.name}:{nth}" for nth in self.nth)


OUTBOX = {"before_send": OFTEN, "after_send": OFTEN, "before_mark": OFTEN}
INBOX = {
    "received": OFTEN,
    "before_commit": OFTEN,
    "committed": OFTEN,
    "before_delete": OFTEN,
}
RETENTION = {"pruned": ONCE}
BETWEEN_ROWS = {"between_rows": OFTEN}
KEY = {"claimed": OFTEN, "before_commit": OFTEN, "committed": OFTEN}
SHORT_KEY = dict.fromkeys(KEY, ONCE)

_TABLE: dict[str, list[tuple[str, dict[str, Passings], str]]] = {
    "order-svc": [
        ("idempotency", KEY, "POST /orders/ with an Idempotency-Key"),
        (
            "order",
            {
                "placed": OFTEN,
                "committed": OFTEN,
                "before_reserve": OFTEN,
                "after_reserve": OFTEN,
                "reserve_answered": OFTEN,
            },
            "POST /orders/",
        ),
        (
            "order",
            {"before_cancel_commit": TWICE, "cancel_committed": TWICE},
            "POST /orders/{id}/cancel/",
        ),
    ],
    "order-svc-worker": [
        ("outbox", OUTBOX, "any order: payment.requested, order.settled"),
        ("inbox", INBOX, "any order: payment.link_ready, payment.captured"),
        ("order", {"captured": TWICE}, "a payment"),
        (
            "order",
            {"leased": OFTEN, "before_check_commit": OFTEN, "checked": OFTEN},
            "a payment; a deadline; a link that is late",
        ),
        (
            "order",
            {"before_commit_call": TWICE, "after_commit_call": TWICE},
            "a payment",
        ),
        (
            "order",
            {
                "before_stock_command": TWICE,
                "after_stock_command": TWICE,
                "stock_command_recorded": TWICE,
            },
            "a cancelled or expired order; a staff refund with items",
        ),
        ("leases", BETWEEN_ROWS, "any order or stock command that is due"),
        (
            "order",
            {"refund_emitted": ONCE},
            "a payment after a cancel; a second payment on one link; stock gone",
        ),
        (
            "order",
            {"refund_requested_again": ONCE},
            "a refund without an answer for REFUND_AGAIN_SECONDS",
        ),
        ("retention", RETENTION, "every start"),
    ],
    "payment-svc": [
        ("idempotency", SHORT_KEY, "POST /payments/{id}/refund/ with a key"),
        (
            "webhook",
            {"verified": OFTEN, "before_commit": OFTEN, "committed": OFTEN},
            "a payment, a refund, a closed link",
        ),
        (
            "callback",
            {"before_commit": TWICE, "committed": TWICE},
            "a browser that returns after a payment",
        ),
    ],
    "payment-svc-worker": [
        ("outbox", OUTBOX, "any order: payment.link_ready, payment.captured"),
        ("inbox", INBOX, "any order: payment.requested, order.settled"),
        ("payment", {"leased": OFTEN, "checked": OFTEN}, "any order"),
        ("leases", BETWEEN_ROWS, "any order"),
        ("payment", {"before_create": OFTEN, "after_create": OFTEN}, "any order"),
        (
            "payment",
            {"before_reconcile_commit": OFTEN, "reconciled": OFTEN},
            "any order: its link created, polled, paid, closed",
        ),
        ("payment", {"polled": OFTEN}, "a webhook, a callback, a poll"),
        ("payment", {"captured": TWICE}, "a payment"),
        (
            "payment",
            {"before_cancel": TWICE, "after_cancel": TWICE},
            "an order cancelled or past its deadline",
        ),
        ("payment", {"republished": ONCE}, "a capture unsettled for ANNOUNCE_SECONDS"),
        ("retention", RETENTION, "every start"),
        ("webhook", {"processed": OFTEN}, "a payment, a refund, a closed link"),
        (
            "reconciliation",
            {"page_read": TWICE, "before_commit": TWICE, "page_stored": TWICE},
            "a reconciliation run, RECONCILE_HOURS after the start",
        ),
        (
            "refund",
            {
                "leased": TWICE,
                "before_attempt_commit": TWICE,
                "attempt_begun": TWICE,
                "before_post": TWICE,
                "after_post": TWICE,
                "before_reconcile_commit": TWICE,
                "reconciled": TWICE,
            },
            "a refund by staff or by the saga",
        ),
        (
            "dispute",
            {
                "leased": TWICE,
                "before_fetch": TWICE,
                "after_fetch": TWICE,
                "before_reconcile_commit": TWICE,
                "reconciled": TWICE,
            },
            "a dispute that a bank raises and ends",
        ),
    ],
    "product-svc": [
        (
            "stock",
            {"moved": OFTEN},
            "an order; 1 is within the reservation when it has two lines",
        ),
        ("stock", {"booked": TWICE}, "a payment"),
        (
            "reservation",
            {"before_commit": OFTEN, "committed": OFTEN},
            "an order, then its payment",
        ),
        (
            "reservation",
            {"before_release_commit": TWICE, "released": TWICE},
            "a cancelled or expired order",
        ),
        ("reservation", {"restocked": ONCE}, "a staff refund with items"),
        ("reservation", {"prolonged": ONCE}, "a payment of another amount"),
    ],
    "product-svc-worker": [
        (
            "reservation",
            {"expired": TWICE, "between_rows": TWICE},
            "an expired reservation: the clock is moved while order-svc is paused",
        ),
        (
            "leases",
            {"between_rows": TWICE},
            "an expired reservation: the clock is moved while order-svc is paused",
        ),
        ("retention", RETENTION, "every start"),
    ],
    "user-svc": [
        ("session", {"started": OFTEN}, "POST /user/login/"),
        (
            "session",
            {"spent": OFTEN, "before_rotate_commit": OFTEN, "rotated": OFTEN},
            "POST /user/token/refresh/",
        ),
        (
            "password",
            {"written": ONCE, "changed": ONCE},
            "a new password at POST /user/me/password/",
        ),
        ("reset", {"requested": TWICE}, "POST /user/password-reset/"),
        (
            "reset",
            {"password_written": TWICE, "token_spent": TWICE, "confirmed": TWICE},
            "POST /user/password-reset/confirm/",
        ),
    ],
    "user-svc-worker": [
        ("retention", RETENTION, "every start"),
        (
            "mail",
            {"leased": TWICE, "sent": TWICE, "done": TWICE},
            "a password forgotten or changed",
        ),
        (
            "leases",
            {"between_rows": TWICE},
            "a password forgotten or changed",
        ),
    ],
}
EVERY = tuple(
    Point(process, f"{area}.{place}", nth, reached_by)
    for process, rows in _TABLE.items()
    for area, places, reached_by in rows
    for place, nth in places.items()
)
