"""The position of a run in Razorpay's lists: list, window of a day, page."""

from dataclasses import dataclass
from datetime import datetime

from payment_svc.managers.differences import Difference
from payment_svc.models import DriftKind, Listing, ReconciliationRun
from payment_svc.models.reconciliation import SECOND
from payment_svc.razorpay.listings import Page
from payment_svc.razorpay.pages import PAGE

LISTINGS = tuple(Listing)
MOST_ROWS = 1_000_000  # of a window; a list that repeats itself never ends


@dataclass(frozen=True)
class Cursor:
    """The page that a run reads next."""

    run_id: int
    listing: Listing
    since: datetime
    until: datetime
    skip: int
    first_id: str | None
    started_at: datetime

    def ends_with(self, page: Page) -> bool:
        """Return whether a page is the end of the window.

        A short page is no end: only an empty page is, or one that repeats the last.
        """
        is_over = page.size == 0 or page.first_id == self.first_id
        return is_over or self.skip >= MOST_ROWS

    def cut_off(self, page: Page) -> Difference | None:
        """Return the difference of a window that ends although more may be listed."""
        if page.size and self.skip >= MOST_ROWS:
            return self.incomplete(f"more than {MOST_ROWS} rows")
        if page.size >= PAGE and self.ends_with(page):
            return self.incomplete(f"the page from {self.skip} repeats the last one")
        return None

    def incomplete(self, why: str) -> Difference:
        """Return the difference of a list that cannot be read to its end."""
        name = f"{self.listing} of {self.since:%Y-%m-%d}"
        return Difference(DriftKind.INCOMPLETE_LIST, name, "", why)


def cursor_of(run: ReconciliationRun) -> Cursor:
    """Return the position of a run."""
    return Cursor(
        run.id,
        Listing(run.listing),
        run.window_since,
        run.window_until,
        run.skip,
        run.first_id,
        run.started_at or run.created_at,
    )


def move_to_next_page(run: ReconciliationRun, page: Page) -> None:
    """Count a page's rows and move a run behind it."""
    setattr(run, run.listing, getattr(run, run.listing) + page.size)
    run.skip, run.first_id = run.skip + page.size, page.first_id


def move_to_next_window(run: ReconciliationRun) -> bool:
    """Move a run to the next day, or to the next list; return False at the end."""
    run.skip, run.first_id = 0, None
    run.window_since = run.window_until + SECOND
    return run.window_since <= run.until or move_to_next_list(run)


def move_to_next_list(run: ReconciliationRun) -> bool:
    """Move a run to the first page of the next list; return False after the last."""
    rest = LISTINGS[LISTINGS.index(Listing(run.listing)) + 1 :]
    run.skip, run.first_id, run.window_since = 0, None, run.since
    if rest:
        run.listing = rest[0]
    return bool(rest)
