"""Categories and products."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    Mapped,
    WriteOnlyMapped,
    mapped_column,
    relationship,
    validates,
)

from chassis.db import DERIVED, AuditModel, BigInt, Id, Money
from chassis.folding import fold
from chassis.sorting import sort_key_of
from product_svc.extensions import db


class Category(AuditModel, db.Model):
    """A category of the catalogue; categories form a tree."""

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        Index("ix_category_created_at_id", "created_at", "id"),
        Index("ix_category_name_sort_key_id", "name_sort_key", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    folded_name: Mapped[str] = mapped_column(Text, server_default="", info=DERIVED)
    name_sort_key: Mapped[str] = sort_key_of("name")
    description: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("category.id", ondelete="SET NULL"), index=True
    )
    parent: Mapped["Category | None"] = relationship(remote_side="Category.id")
    # Never loaded: a category may have a hundred thousand products.
    products: WriteOnlyMapped["Product"] = relationship(
        back_populates="category", passive_deletes=True
    )

    if TYPE_CHECKING:
        product_count: int  # set by `CategoryManager.count_products`

    @validates("name")
    def _fold_name(self, _: str, name: str) -> str:
        self.folded_name = fold(name)
        return name

    def __str__(self) -> str:
        return self.name


PLACES = ("name_sort_key", "price", "created_at", "stock_quantity")


class Product(AuditModel, db.Model):
    """A product; `stock_quantity` includes what open orders have reserved.

    Its stock is low when it is at or below the threshold, if the product has one. What
    is reserved counts as stock: otherwise each reservation would write to all indexes.
    """

    __tablename__ = "products"
    __table_args__ = (
        # PostgreSQL accepts NaN in a NUMERIC and sorts it above every number.
        CheckConstraint("price >= 0 AND price <> 'NaN'", name="price_not_negative"),
        CheckConstraint("stock_quantity >= 0", name="stock_not_negative"),
        CheckConstraint(
            "reserved_quantity >= 0 AND reserved_quantity <= stock_quantity",
            name="reserved_within_stock",
        ),
        *(
            Index(f"ix_products_{name}_id", name, "id")
            for name in (*PLACES, "category_id")
        ),
        *(
            Index(f"ix_products_category_id_{name}_id", "category_id", name, "id")
            for name in PLACES
        ),
    )

    id: Mapped[Id]
    sku: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_sort_key: Mapped[str] = sort_key_of("name")
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Money(10))
    stock_quantity: Mapped[int] = mapped_column(BigInt, default=0)
    reserved_quantity: Mapped[int] = mapped_column(BigInt, default=0)
    low_stock_threshold: Mapped[int | None] = mapped_column(BigInt)
    is_active: Mapped[bool] = mapped_column(default=True)
    category_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("category.id", ondelete="SET NULL")
    )
    category: Mapped[Category | None] = relationship(back_populates="products")

    @hybrid_property
    def available_quantity(self) -> int:
        """Return what can be ordered now: the stock that is not reserved."""
        return self.stock_quantity - self.reserved_quantity

    def __str__(self) -> str:
        return self.name


IS_LOW = Product.stock_quantity <= Product.low_stock_threshold
Index(
    "ix_products_low_stock",
    Product.is_active,
    Product.id,
    postgresql_where=IS_LOW,
    sqlite_where=IS_LOW,
)
