"""When a dispute is open."""

import pytest

from payment_svc.models import Dispute


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (None, False),
        ("open", True),
        ("under_review", True),
        ("a new status", True),
        ("won", False),
        ("lost", False),
        ("closed", False),
    ],
)
def test_a_fetched_dispute_is_open_until_it_has_ended(status, is_open):
    assert Dispute(status=status).is_open is is_open
