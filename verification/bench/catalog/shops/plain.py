"""A plain shop, as the tutorials of FastAPI and SQLAlchemy write it."""

import os
from datetime import datetime
from decimal import Decimal

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
)

app = FastAPI()
address = os.environ["DATABASE_URL"].replace("postgresql+psycopg", "postgresql+asyncpg")
Session = async_sessionmaker(create_async_engine(address, pool_size=16))


class Base(DeclarativeBase):
    """The base of the tables."""


class Category(Base):
    """A category."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Product(Base):
    """A product."""

    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str | None]
    price: Mapped[Decimal]
    stock_quantity: Mapped[int]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    category: Mapped[Category | None] = relationship()


class CategoryOut(BaseModel):
    """The JSON of a category."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str


class ProductOut(BaseModel):
    """The JSON of a product."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    sku: str | None
    name: str
    description: str | None
    price: Decimal
    stock_quantity: int
    is_active: bool
    created_at: datetime
    category: CategoryOut | None


class Page(BaseModel):
    """The JSON of a list."""

    total: int | None
    items: list[ProductOut]


async def session():
    """Yield the session of a request."""
    async with Session() as opened:
        yield opened


OPENED = Depends(session)


@app.get("/products/", response_model=Page)
async def products(
    min_price: Decimal = Decimal(0),
    max_price: Decimal = Decimal(99999999),
    q: str = "",
    count: bool = True,
    opened: AsyncSession = OPENED,
):
    """List and search products."""
    found = select(Product).where(
        Product.is_active, Product.price >= min_price, Product.price <= max_price
    )
    for word in q.split():
        either = or_(Product.name.icontains(word), Product.description.icontains(word))
        found = found.where(either)
    total = None
    if count:
        counted = select(func.count()).select_from(found.subquery())
        total = await opened.scalar(counted)
    page = found.options(joinedload(Product.category)).order_by(Product.id).limit(20)
    return {"total": total, "items": (await opened.scalars(page)).all()}


@app.get("/products/{product_id}/", response_model=ProductOut)
async def product(product_id: int, opened: AsyncSession = OPENED):
    """Show a product."""
    options = [joinedload(Product.category)]
    row = await opened.get(Product, product_id, options=options)
    if row is None:
        raise HTTPException(404)
    return row
