"""Read a page of Razorpay's lists, and by their ids the entities that matter.

Lists may lag behind and may end early. What a list alone would raise an alert about is
therefore fetched by its id first, and so is a payment, refund or dispute of ours that
the list does not contain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.db import reading
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.managers.differences import Difference
from payment_svc.managers.listed_disputes import ListedDisputes
from payment_svc.managers.listed_payments import ListedPayments
from payment_svc.managers.listed_refunds import ListedRefunds
from payment_svc.managers.listed_rows import FEW, Unlisted, unlisted
from payment_svc.managers.run_cursor import Cursor
from payment_svc.models import DriftKind, Listing
from payment_svc.razorpay.listings import Page, read_one, read_page
from payment_svc.steps.context import Context

K = DriftKind
DOUBTFUL = (K.NOT_CAPTURED, K.CAPTURED_AMOUNT, K.REFUND_AMOUNT, K.REFUND_ENDED)
OF_LIST: dict[str, Any] = {
    Listing.PAYMENTS: ListedPayments,
    Listing.REFUNDS: ListedRefunds,
    Listing.DISPUTES: ListedDisputes,
}


@dataclass(frozen=True)
class Reading:
    """What one turn has read: a page, and entities that the list did not contain."""

    page: Page
    by_id: tuple[Any, ...] = ()
    lost: tuple[Difference, ...] = ()  # Razorpay does not return them either

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the ids of our entities that the list did not contain."""
        names = [one.id for one in self.by_id]
        return (*names, *(one.razorpay_id for one in self.lost))


def read_next(work: Context, cursor: Cursor) -> Done[Reading] | Refused | Unknown:
    """Return the page at the cursor; the end of a window comes with what is missing."""
    period = (str(cursor.listing), cursor.since, cursor.until, cursor.skip)
    found = work.razorpay.read(lambda client: read_page(client, *period))
    if not isinstance(found, Done):
        return found
    page: Page = found.value
    if cursor.ends_with(page):
        return _read_missing(work, cursor, page)
    return _confirm(work, cursor, page)


def compare(work: Context, listing: Listing, items: Sequence[Any]) -> list[Difference]:
    """Return how entities of a list differ from our rows."""
    found: list[Difference] = OF_LIST[listing](work.session, items).differences()
    return found


def _confirm(
    work: Context, cursor: Cursor, page: Page
) -> Done[Reading] | Refused | Unknown:
    """Fetch by their ids the entities whose difference no poll can repair."""
    with reading():
        found = compare(work, cursor.listing, page.items)
        work.session.rollback()
    doubtful = [one.razorpay_id for one in found if one.kind in DOUBTFUL]
    items = {one.id: one for one in page.items}
    for name in doubtful[:FEW]:
        answer = _fetch(work, cursor.listing, name)
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Done) and answer.value is not None:
            items[name] = answer.value
    return Done(Reading(replace(page, items=tuple(items.values()))))


def _read_missing(
    work: Context, cursor: Cursor, page: Page
) -> Done[Reading] | Refused | Unknown:
    """Fetch entities by their ids that the list should have contained."""
    with reading():
        rows = unlisted(work.session, cursor)
        work.session.rollback()
    found: list[Any] = []
    lost: list[Difference] = []
    for row in rows:
        answer = _fetch(work, cursor.listing, row.razorpay_id)
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Done) and answer.value is not None:
            found.append(answer.value)
        else:
            lost.append(_lost(row, answer))
    return Done(Reading(page, tuple(found), tuple(lost)))


def _fetch(work: Context, listing: str, name: str) -> Done[Any] | Refused | Unknown:
    return work.razorpay.read(lambda client: read_one(client, listing, name))


def _lost(row: Unlisted, answer: Done[None] | Refused) -> Difference:
    """Return the difference of an entity that Razorpay does not return as ours."""
    kind, theirs = K.UNREADABLE, "in no list, and unreadable by its id"
    if isinstance(answer, Refused):
        kind, theirs = K.NOT_AT_RAZORPAY, f"refused: {answer.description}"
    return Difference(kind, row.razorpay_id, row.ours, theirs, row.payment_id)
