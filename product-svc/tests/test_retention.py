"""No table grows without limit: it is kept for a reason, or a job deletes old rows."""

import itertools
from datetime import datetime

import pytest
from flask import Flask

from devtools.testkit.retention import (
    EVERYWHERE,
    KEPT_EVERYWHERE,
    Pruned,
    goes_with,
    left,
    missing,
)
from product_svc.extensions import db
from product_svc.models import Reservation, ReservationState

KEPT = {
    **KEPT_EVERYWHERE,
    "category": "the catalogue",
    "products": "the catalogue; one off sale stays, orders name it",
    "stock_movements": "the ledger that the stock must equal",
}
# Sales are kept with their lines and history, tombstones are forgotten with theirs.
PARENTS = {"reservation_items": "reservations", "reservation_history": "reservations"}
orders = itertools.count(1)


def a_tombstone(moment: datetime) -> Reservation:
    return Reservation(
        order_id=next(orders),
        state=ReservationState.RELEASED,
        created_at=moment,
        updated_at=moment,
    )


PRUNED = {
    **EVERYWHERE,
    "reservations": Pruned("prune reservations", "tombstone_days", a_tombstone),
}


def test_every_table_is_kept_for_a_reason_or_forgets() -> None:
    assert missing(db, KEPT, PARENTS, PRUNED) == set()
    assert all(goes_with(db, *pair) for pair in PARENTS.items())


@pytest.mark.parametrize("table", PRUNED)
def test_an_old_row_goes_and_a_young_one_stays(app: Flask, table: str) -> None:
    assert left(app, PRUNED[table]) == ["young"]
