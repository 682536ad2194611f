"""Everything the doors work on: ledger, clock, settings and webhook courier."""

from collections.abc import Iterator
from contextlib import contextmanager

from razorpay_sandbox import links
from razorpay_sandbox.background import Background
from razorpay_sandbox.clock import Clock
from razorpay_sandbox.config import Settings
from razorpay_sandbox.courier import Courier
from razorpay_sandbox.ledger import Ledger
from razorpay_sandbox.refund_keys import InFlight
from razorpay_sandbox.work import Work


class Sandbox:
    """One Razorpay account."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.webhook_url = settings.webhook_url
        self.clock = Clock(settings.clock_file)
        self.ledger = Ledger(settings.database_url)
        self.refunds_in_flight = InFlight()
        self._courier = Courier(self)
        self._background = Background((self._sweep, self._courier.dispatch))

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Give a unit of work in which every overdue link has expired already.

        It commits at the end, its webhooks with it, and wakes the courier.
        """
        with self.ledger.transaction() as session:
            moment = self.clock.time()
            work = Work(session, moment, self.settings, bool(self.webhook_url))
            links.expire_overdue(work)
            yield work
        if work.events:
            self._background.wake()

    def start(self) -> None:
        """Start delivering webhooks and expiring links."""
        self._background.start()

    def close(self) -> None:
        """Stop the background and close the ledger."""
        self._background.stop()
        self._courier.close()
        self.ledger.close()

    def wake(self) -> None:
        """Look for due webhooks now."""
        self._background.wake()

    def _sweep(self) -> float:
        with self.work():
            return 1.0
