"""A reservation is due at its expiry, while it holds stock."""

from datetime import timedelta

import pytest

from chassis import clock
from product_svc.models import Reservation, ReservationItem, ReservationState


@pytest.mark.parametrize(
    ("state", "seconds", "is_due"),
    [
        ("held", -1, False),
        ("held", 0, True),
        ("held", 1, True),
        ("committed", 1, False),
    ],
)
def test_a_held_reservation_is_due_from_its_expiry(
    state: str, seconds: int, is_due: bool
) -> None:
    now = clock.now()
    row = Reservation(state=ReservationState(state), expires_at=now)

    assert row.is_due(now + timedelta(seconds=seconds)) is is_due


def test_a_tombstone_without_expiry_is_never_due() -> None:
    assert not Reservation(state=ReservationState.RELEASED).is_due(clock.now())


def test_the_lines_are_quantities_by_product() -> None:
    items = [ReservationItem(product_id=p, quantity=q) for p, q in ((1, 2), (5, 3))]

    assert Reservation(items=items).lines == {1: 2, 5: 3}
