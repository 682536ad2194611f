"""A reservation lasts a second to a week; a return has an id."""

import pytest
from marshmallow import ValidationError

from product_svc.schemas import ReleaseQuerySchema, ReserveSchema, RestockSchema
from product_svc.schemas.reservations import WEEK

ITEMS = [{"product_id": 1, "quantity": 1}]


@pytest.mark.parametrize("seconds", [1, WEEK])
def test_a_reservation_lasts_a_week_at_most(seconds: int) -> None:
    body = {"items": ITEMS, "expires_in": seconds}

    assert ReserveSchema().load(body) == {"items": {1: 1}, "expires_in": seconds}


@pytest.mark.parametrize("seconds", [0, WEEK + 1])
def test_a_reservation_of_another_length_is_refused(seconds: int) -> None:
    with pytest.raises(ValidationError, match="expires_in"):
        ReserveSchema().load({"items": ITEMS, "expires_in": seconds})


def test_a_restock_names_its_return() -> None:
    with pytest.raises(ValidationError, match="return_id"):
        RestockSchema().load({"items": ITEMS})


def test_a_release_is_not_final_by_default() -> None:
    assert ReleaseQuerySchema().load({}) == {"final": False}
