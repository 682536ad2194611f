"""The sandbox itself: settings, ledger, clock and background jobs."""

from collections.abc import Iterator
from contextlib import contextmanager

from razorpay_sandbox import links
from razorpay_sandbox.account import Account
from razorpay_sandbox.background import Background
from razorpay_sandbox.clock import Clock
from razorpay_sandbox.config import Settings
from razorpay_sandbox.ledger import Ledger
from razorpay_sandbox.refund_idempotency import InFlightKeys
from razorpay_sandbox.unit_of_work import UnitOfWork
from razorpay_sandbox.webhook_sender import WebhookSender


class Sandbox:
    """One simulated Razorpay account."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.webhook_url = settings.webhook_url
        self.clock = Clock(settings.clock_file)
        self.account = Account()
        self.ledger = Ledger(settings.database_url)
        self.refunds_in_flight = InFlightKeys()
        self.low_balance: str | None = None  # the words that refuse every refund
        self._webhook_sender = WebhookSender(self)
        self._background = Background(
            (self._expire_overdue, self._webhook_sender.send_due)
        )

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """Open a unit of work, after expiring every overdue link.

        Changes and their webhook events are committed together at the end.
        Then the webhook sender is woken.
        """
        with self.ledger.transaction() as session:
            now = self.clock.time()
            work = UnitOfWork(session, now, self.settings, bool(self.webhook_url))
            links.expire_overdue(work)
            yield work
        if work.events:
            self._background.wake()

    def start(self) -> None:
        """Start delivering webhooks and expiring links."""
        self._background.start()

    def close(self) -> None:
        """Stop the background jobs and close the ledger."""
        self._background.stop()
        self._webhook_sender.close()
        self.ledger.close()

    def wake(self) -> None:
        """Run the background jobs now, for example to send new webhooks."""
        self._background.wake()

    def _expire_overdue(self) -> float:
        with self.work():
            return 1.0
