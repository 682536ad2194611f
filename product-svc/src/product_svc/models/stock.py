"""The stock ledger."""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import AuditModel, BigInt, Id, among
from product_svc.extensions import db
from product_svc.models.catalogue import Product

MAX_STOCK = 1_000_000_000


class MovementKind(StrEnum):
    """Why stock changed."""

    INITIAL = "initial"
    ADJUSTMENT = "adjustment"
    COMMIT = "commit"
    RESTOCK = "restock"
    IMPORT = "import"


class StockMovement(AuditModel, db.Model):
    """A line of the stock ledger; the deltas of a product add up to its stock."""

    __tablename__ = "stock_movements"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (
        # A sale or return is booked at most once; adjustments have no reference.
        UniqueConstraint("kind", "reference", "product_id"),
        CheckConstraint(among("kind", MovementKind), name="kind_known"),
        CheckConstraint("delta <> 0", name="delta_not_zero"),
        CheckConstraint("stock_quantity >= 0", name="stock_not_negative"),
        Index("ix_stock_movements_product_id_id", "product_id", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("products.id", ondelete="RESTRICT")
    )
    delta: Mapped[int] = mapped_column(BigInt)
    stock_quantity: Mapped[int] = mapped_column(BigInt)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(255))
    reference: Mapped[str | None] = mapped_column(String(150))
    actor: Mapped[str] = mapped_column(String(100))
    product: Mapped[Product] = relationship()
