"""The database itself keeps the ledger: a sale or return is booked at most once."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from product_svc.extensions import db
from product_svc.models import MovementKind, StockMovement


def movement(product: int, **values: Any) -> StockMovement:
    usual = {"delta": -1, "stock_quantity": 4, "reason": "x", "actor": "system"}
    return StockMovement(product_id=product, **{**usual, **values})


def store(shop: Any, *movements: StockMovement) -> None:
    with shop.app.app_context():
        db.session.add_all(movements)
        try:
            db.session.commit()
        finally:
            db.session.rollback()


def test_a_sale_is_booked_once(shop: Any) -> None:
    product = shop.product()
    sale = {"kind": MovementKind.COMMIT, "reference": "1"}
    store(shop, movement(product, **sale))

    with pytest.raises(IntegrityError):
        store(shop, movement(product, **sale))


def test_adjustments_have_no_reference_and_may_repeat(shop: Any) -> None:
    product = shop.product()

    store(shop, *(movement(product, kind=MovementKind.ADJUSTMENT) for _ in range(2)))


@pytest.mark.parametrize(
    "wrong", [{"kind": "gift"}, {"delta": 0}, {"stock_quantity": -1}]
)
def test_a_line_that_cannot_be_is_refused(shop: Any, wrong: dict[str, Any]) -> None:
    product = shop.product()

    with pytest.raises(IntegrityError):
        store(shop, movement(product, **{"kind": MovementKind.ADJUSTMENT, **wrong}))
