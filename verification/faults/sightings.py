"""Measures how soon payment-svc has a refund that was made in the dashboard.

Each refund is watched from the control call that made it. All times are of the real
clock, which no fault moves; the shop's clock only shows which polls were due.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, select
from sqlalchemy.exc import OperationalError

from payment_svc.models import Payment, Refund, WebhookEvent
from payment_svc.razorpay.webhook_events import REFUND as REFUND_EVENT

PAUSE = 0.05
PAYMENT, REFUND = Payment.__table__.c, Refund.__table__.c
WEBHOOK = WebhookEvent.__table__.c
Clock = Callable[[], datetime]


@dataclass
class Sighting:
    """A refund of the dashboard: when it was made, and when payment-svc had it.

    `polls` are the times, by the shop's clock, at which polls of its link were due.
    `was_refused`: meanwhile the account refused all calls of payment-svc.
    """

    refund_id: str
    link_id: str
    made: float
    webhook: float | None = None
    seen: float | None = None
    polls: set[datetime] = field(default_factory=set)
    polled: int = 0
    was_refused: bool = False

    def figures(self) -> dict[str, Any]:
        """Return the delays: after the webhook, or as the number of due polls.

        A refund that payment-svc could not read for a while is counted apart.
        """
        is_seen = self.seen is not None
        found: dict[str, Any] = {"refund": self.refund_id, "is_seen": is_seen}
        if self.seen is None:
            return found
        found["after_call"] = round(self.seen - self.made, 2)
        if self.was_refused:
            return found | {"was_refused": True}
        if self.webhook is None:
            return found | {"polls": self.polled}
        return found | {"after_webhook": round(self.seen - self.webhook, 2)}


class Watch:
    """Watches refunds in a thread, from `made` until payment-svc has each of them.

    `shift` returns how far the shop's clock is moved, in seconds. `is_refusing` returns
    whether the account refuses all calls of payment-svc now.
    """

    def __init__(
        self,
        url: str,
        shift: Callable[[], float],
        is_refusing: Callable[[], bool] = lambda: False,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = create_engine(url, poolclass=NullPool)
        self.shift, self.is_refusing, self.now = shift, is_refusing, now
        self.sightings: list[Sighting] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def made(self, refund: dict[str, Any], link_id: str) -> None:
        """Watch a refund that was made just now."""
        self.sightings.append(Sighting(refund["id"], link_id, self.now()))

    @property
    def unseen(self) -> list[Sighting]:
        """The refunds that payment-svc does not have yet."""
        return [one for one in self.sightings if one.seen is None]

    def start(self) -> None:
        """Start watching."""
        self.thread.start()

    def stop(self) -> None:
        """Stop watching; refunds that are stored by now are still noted."""
        self.over.set()
        self.thread.join()
        self.watch()

    def _run(self) -> None:
        while not self.over.wait(PAUSE):
            with contextlib.suppress(OperationalError):  # locked, or being restarted
                self.watch()

    def watch(self) -> None:
        """Compare every unseen refund with the database once."""
        if unseen := self.unseen:
            with self.engine.connect() as connection:
                for one in unseen:
                    self._watch(connection, one)

    def _watch(self, connection: Connection, one: Sighting) -> None:
        one.was_refused |= self.is_refusing()
        if one.webhook is None and _has_webhook(connection, one.refund_id):
            one.webhook = self.now()
        if _has_refund(connection, one.refund_id):
            one.seen = self.now()
            shop_time = datetime.now(UTC) + timedelta(seconds=self.shift())
            one.polled = sum(poll <= shop_time for poll in one.polls)
        elif (due := _next_poll(connection, one.link_id)) is not None:
            one.polls.add(due)


def _has_webhook(connection: Connection, refund_id: str) -> bool:
    """Return whether a webhook of the refund has arrived, whatever its event."""
    arrived = select(WEBHOOK.id).where(
        WEBHOOK.natural_key.like(f"{REFUND_EVENT}%:{refund_id}")
    )
    return connection.scalar(arrived.limit(1)) is not None


def _has_refund(connection: Connection, refund_id: str) -> bool:
    stored = select(REFUND.id).where(REFUND.razorpay_refund_id == refund_id)
    return connection.scalar(stored) is not None


def _next_poll(connection: Connection, link_id: str) -> datetime | None:
    planned = select(PAYMENT.next_check_at).where(
        PAYMENT.razorpay_payment_link_id == link_id
    )
    found: datetime | None = connection.scalar(planned)
    return found
