"""The one background thread: it sweeps and delivers until it is stopped."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

log = logging.getLogger(__name__)


class Background:
    """Runs jobs when woken and whenever the shortest wait they ask for is over."""

    def __init__(self, jobs: Sequence[Callable[[], float]]) -> None:
        self._jobs = jobs
        self._wake = Event()
        self._stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Run the jobs now."""
        self._wake.set()

    def stop(self) -> None:
        """Stop after the jobs in hand."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            wait = min(self._attempt(job) for job in self._jobs)
            self._wake.wait(wait)
            self._wake.clear()

    def _attempt(self, job: Callable[[], float]) -> float:
        try:
            return job()
        except Exception:  # a full disk must not end the deliveries for ever
            log.exception("background job failed")
            return 1.0
