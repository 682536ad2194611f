"""The history of prices: each change is a row in the transaction of the change."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from product_svc.models import PriceChange, Product


class PriceManager:
    """Records prices; `ProductManager` calls it whenever it sets one."""

    def __init__(self, session: Session, actor: str = "system") -> None:
        self.session = session
        self.actor = actor

    def record(self, product: Product) -> None:
        """Record the price of a locked product, if it differs from the newest row."""
        before = self._newest(product.id)
        if product.price != before:
            change = PriceChange(
                product_id=product.id,
                before=before,
                after=product.price,
                actor=self.actor,
            )
            self.session.add(change)
            self.session.flush()

    def _newest(self, product_id: int) -> Decimal | None:
        prices = select(PriceChange.after).where(PriceChange.product_id == product_id)
        return self.session.scalar(prices.order_by(PriceChange.id.desc()).limit(1))

    def list_changes(self, product_id: int) -> Select[Any]:
        """Select the prices of a product."""
        return select(PriceChange).where(PriceChange.product_id == product_id)
