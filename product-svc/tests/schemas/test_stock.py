"""Order lines are merged by product; an adjustment changes something."""

import pytest
from marshmallow import ValidationError

from product_svc.schemas import AdjustmentSchema, LinesSchema
from product_svc.schemas.stock import MOST_OF_ONE


def line(product_id: int, quantity: int) -> dict[str, int]:
    return {"product_id": product_id, "quantity": quantity}


def test_lines_of_the_same_product_are_added_up() -> None:
    body = {"items": [line(1, 2), line(5, 1), line(1, 3)]}

    assert LinesSchema().load(body) == {"items": {1: 5, 5: 1}}


def test_the_sum_has_the_limit_of_a_line() -> None:
    body = {"items": [line(1, MOST_OF_ONE), line(1, 1)]}

    with pytest.raises(ValidationError) as error:
        LinesSchema().load(body)

    expected = f"At most {MOST_OF_ONE} of product 1 are allowed."
    assert error.value.messages == {"items": [expected]}


def test_an_adjustment_by_nothing_is_refused() -> None:
    with pytest.raises(ValidationError) as error:
        AdjustmentSchema().load({"delta": 0, "reason": "counted"})

    assert error.value.messages == {"delta": ["Must not be 0."]}


def test_the_description_of_an_adjustment_excludes_nothing() -> None:
    assert AdjustmentSchema().fields["delta"].metadata["not"] == {"const": 0}
