"""The limits of the stack: Flask alone, and Flask with a Core select of one row."""

import os
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, column, create_engine, select, table

app = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"], pool_size=10)
PRODUCTS = table("products", column("id"), column("name"), column("price"))
PRODUCT = select(PRODUCTS).where(PRODUCTS.c.id == bindparam("id"))


@app.get("/")
def hello() -> dict[str, str]:
    """Answer without a database."""
    return {"hello": "world"}


@app.get("/products/<int:product_id>/")
def product(product_id: int) -> dict[str, Any]:
    """Select one row."""
    with engine.connect() as connection:
        row = connection.execute(PRODUCT, {"id": product_id}).mappings().one()
    return {**row, "price": str(row["price"])}
