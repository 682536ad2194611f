"""The history of prices."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Money
from product_svc.extensions import db
from product_svc.models.catalogue import Product


class PriceChange(AuditModel, db.Model):
    """A change of a product's price; the newest row of a product has its price.

    The first price of a product has no price before it.
    """

    __tablename__ = "price_changes"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (Index("ix_price_changes_product_id_id", "product_id", "id"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("products.id", ondelete="RESTRICT")
    )
    before: Mapped[Decimal | None] = mapped_column(Money(10))
    after: Mapped[Decimal] = mapped_column(Money(10))
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
    product: Mapped[Product] = relationship()
