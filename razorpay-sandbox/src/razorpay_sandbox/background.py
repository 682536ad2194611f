"""The background thread that runs the sandbox's periodic jobs."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

log = logging.getLogger(__name__)


class Background:
    """Runs all jobs in a loop; each job returns the seconds until its next run."""

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
        """Run the jobs now instead of at the next scheduled time."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the running jobs and stop the thread."""
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
        except Exception:  # the thread must survive, for example, a full disk
            log.exception("background job failed")
            return 1.0
