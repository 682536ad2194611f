"""Sends webhooks at least once, in any order, with retries for 24 hours."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import requests
from sqlalchemy import select

from razorpay_sandbox.models import Event

if TYPE_CHECKING:
    from razorpay_sandbox.sandbox import Sandbox

log = logging.getLogger(__name__)

TIMEOUT = 5
ATTEMPT_MINUTES = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
GIVE_UP_AFTER = 24 * 3600
THREADS = 4
IDLE = 1.0


@dataclass(frozen=True)
class Webhook:
    """One event to send."""

    id: str
    event: str
    body: bytes
    signature: str


class WebhookSender:
    """Sends due events from a thread pool; no event is sent twice at the same time."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook-sender")
        self._lock = Lock()
        self._in_flight: set[str] = set()

    def send_due(self) -> float:
        """Submit every due event to the pool; return the seconds until the next one."""
        if not self._sandbox.webhook_url:
            return IDLE
        for webhook in self._take_due():
            self._pool.submit(self._deliver, webhook)
        return self._wait()

    def close(self) -> None:
        """Finish the running requests and stop the pool."""
        self._pool.shutdown(cancel_futures=True)

    def _take_due(self) -> list[Webhook]:
        now = self._sandbox.clock.time()
        query = select(Event).where(Event.next_attempt_at <= now)
        with self._sandbox.ledger.transaction() as session, self._lock:
            rows = session.scalars(query.order_by(Event.number).limit(200)).all()
            webhooks = [_webhook(row) for row in rows if row.id not in self._in_flight]
            self._in_flight.update(webhook.id for webhook in webhooks)
        return webhooks

    def _wait(self) -> float:
        query = select(Event.id, Event.next_attempt_at)
        query = query.where(Event.next_attempt_at.is_not(None))
        with self._sandbox.ledger.transaction() as session, self._lock:
            query = query.order_by(Event.next_attempt_at).limit(200)
            rows = session.execute(query).all()
            due_times = [at for event_id, at in rows if event_id not in self._in_flight]
        now = self._sandbox.clock.time()
        return min(IDLE, max(0.005, min(due_times, default=now + IDLE) - now))

    def _deliver(self, webhook: Webhook) -> None:
        try:
            delivered, result = _post(self._sandbox.webhook_url, webhook)
            self._record(webhook, delivered, result)
            log.info("webhook %s %s: %s", webhook.event, webhook.id, result)
        except Exception:  # the event stays due and is sent again
            log.exception("could not record the delivery of webhook %s", webhook.id)
        finally:
            with self._lock:
                self._in_flight.discard(webhook.id)
            self._sandbox.wake()

    def _record(self, webhook: Webhook, delivered: bool, result: str) -> None:
        now = self._sandbox.clock.time()
        with self._sandbox.ledger.transaction() as session:
            row = session.get_one(Event, webhook.id)
            row.attempts += 1
            row.last_result = result
            row.delivered_at = now if delivered else None
            row.next_attempt_at = None if delivered else self._next_attempt(row, now)

    def _next_attempt(self, row: Event, now: float) -> float | None:
        factor = self._sandbox.settings.retry_factor
        too_late = now - row.created_at > GIVE_UP_AFTER * factor
        if too_late or row.attempts >= len(ATTEMPT_MINUTES):
            return None
        return row.created_at + ATTEMPT_MINUTES[row.attempts] * 60 * factor


def _webhook(row: Event) -> Webhook:
    return Webhook(row.id, row.event, row.body, row.signature)


def _post(url: str, webhook: Webhook) -> tuple[bool, str]:
    headers = {
        "User-Agent": "Razorpay-Webhook/v1",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
        "Request-Id": webhook.id,
        "X-Razorpay-Event-Id": webhook.id,
        "X-Razorpay-Signature": webhook.signature,
    }
    try:
        with requests.Session() as session:
            session.trust_env = False  # ignore the machine's proxy settings
            answer = session.post(
                url,
                data=webhook.body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            answer.close()
    except requests.RequestException as error:
        return False, type(error).__name__
    return answer.ok and answer.status_code < 300, str(answer.status_code)
