"""Read a page of Razorpay's lists, and payments that the list did not contain."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from chassis.db import reading
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.managers.differences import Difference
from payment_svc.managers.reconciliation_runs import Cursor
from payment_svc.models import DriftKind, Listing, PaymentAttempt
from payment_svc.razorpay.listings import (
    ListedPayment,
    Page,
    read_listed_payment,
    read_page,
)
from payment_svc.steps.context import Context


@dataclass(frozen=True)
class Reading:
    """What one turn has read: a page, and payments that the list did not contain."""

    page: Page
    by_id: tuple[ListedPayment, ...] = ()
    refused: tuple[Difference, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the ids of the payments that the list did not contain."""
        names = [one.id for one in self.by_id]
        return (*names, *(one.razorpay_id for one in self.refused))


def read_next(work: Context, cursor: Cursor) -> Done[Reading] | Refused | Unknown:
    """Return the page at the cursor; the end of a window comes with what is missing."""
    period = (str(cursor.listing), cursor.since, cursor.until, cursor.skip)
    found = work.razorpay.read(lambda client: read_page(client, *period))
    if not isinstance(found, Done):
        return found
    if cursor.listing is Listing.PAYMENTS and cursor.ends_with(found.value):
        return _read_missing(work, cursor, found.value)
    return Done(Reading(found.value))


def _read_missing(
    work: Context, cursor: Cursor, page: Page
) -> Done[Reading] | Refused | Unknown:
    """Fetch payments by their ids that the list should have contained."""
    with reading():
        rows = work.runs.missing(cursor)
        work.session.expunge_all()
        work.session.rollback()
    found: list[ListedPayment] = []
    refused: list[Difference] = []
    for row in rows:
        answer = work.razorpay.read(partial(_fetch, row.razorpay_payment_id))
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Done):
            found.append(answer.value)
        else:
            refused.append(_gone(row, answer))
    return Done(Reading(page, tuple(found), tuple(refused)))


def _fetch(name: str, client: Any) -> ListedPayment:
    return read_listed_payment(client.payment.fetch(name))


def _gone(row: PaymentAttempt, answer: Refused) -> Difference:
    name, ours = row.razorpay_payment_id, f"{row.status}, {row.amount:.2f}"
    why = f"refused: {answer.description}"
    return Difference(DriftKind.NOT_AT_RAZORPAY, name, ours, why, row.payment_id)
