"""Stock: every change of a quantity is one conditional UPDATE.

A change of `stock_quantity` also writes a line of the ledger; a change of
`reserved_quantity` alone does not.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.failpoints import failpoint
from product_svc.models import (
    MAX_STOCK,
    MovementKind,
    Product,
    StockChange,
    StockMovement,
)

Lines = Mapping[int, int]  # product id: quantity


class Short(Exception):
    """There is too little stock of `product_ids`; the caller rolls the change back."""

    def __init__(self, product_ids: Sequence[int]) -> None:
        super().__init__(f"short of {product_ids}")
        self.product_ids = product_ids


class StockManager:
    """Changes quantities; several products are always changed by ascending id."""

    def __init__(self, session: Session, actor: str = "system") -> None:
        self.session = session
        self.actor = actor

    def change(
        self, product_id: int, *, stock: int = 0, reserved: int = 0, **only: Any
    ) -> Row[Any] | None:
        """Add to both quantities and return the product's row, or change nothing.

        Returns None, and changes nothing, when less stock would be left than is
        reserved, when the product is unknown, or when its columns differ from `only`.
        The returned row has name, price and stock_quantity.
        """
        new_stock = Product.stock_quantity + stock
        new_reserved = Product.reserved_quantity + reserved
        statement = (
            update(Product)
            .where(Product.id == product_id, new_reserved.between(0, new_stock))
            .filter_by(**only)
            .values(stock_quantity=new_stock, reserved_quantity=new_reserved)
            .returning(Product.name, Product.price, Product.stock_quantity)
            .execution_options(synchronize_session=False)
        )
        row = self.session.execute(statement).one_or_none()
        failpoint("stock.moved")
        return row

    def change_all(
        self, change: StockChange, lines: Lines, **only: Any
    ) -> dict[int, Row[Any]]:
        """Change the stock of every line and return the products' rows by id.

        Raises Short when there are no lines, or too little stock of some.
        """
        rows, short = {}, []
        for product_id in sorted(lines):
            row = self.change(
                product_id,
                stock=change.stock * lines[product_id],
                reserved=change.reserved * lines[product_id],
                **only,
            )
            if row is None:
                short.append(product_id)
            else:
                rows[product_id] = row
        if short or not rows:
            raise Short(short)
        return rows

    def book(
        self,
        change: StockChange,
        lines: Lines,
        kind: MovementKind,
        reason: str,
        reference: str,
    ) -> None:
        """Change the stock of every line, and write each change to the ledger."""
        for product_id, row in self.change_all(change, lines).items():
            delta = change.stock * lines[product_id]
            self.record(product_id, delta, row.stock_quantity, kind, reason, reference)

    def is_booked(self, kind: MovementKind, reference: str) -> bool:
        """Return whether the ledger has a sale or return already."""
        statement = select(StockMovement.id).filter_by(kind=kind, reference=reference)
        return self.session.scalar(statement.limit(1)) is not None

    def record(
        self,
        product_id: int,
        delta: int,
        stock_quantity: int,
        kind: MovementKind,
        reason: str,
        reference: str | None = None,
    ) -> StockMovement:
        """Write a line of the ledger; `stock_quantity` is the stock after it."""
        movement = StockMovement(
            product_id=product_id,
            delta=delta,
            stock_quantity=stock_quantity,
            kind=kind,
            reason=reason,
            reference=reference,
            actor=self.actor,
        )
        self.session.add(movement)
        return movement

    def adjust(self, product_id: int, delta: int, reason: str) -> StockMovement:
        """Add `delta` (not 0) to a product's stock, never below what is reserved."""
        row = self.change(product_id, stock=delta)
        if row is None:
            raise self._too_little(product_id, -delta)
        if row.stock_quantity > MAX_STOCK:
            message = f"The stock of a product cannot exceed {MAX_STOCK}."
            raise Unprocessable(message, errors={"delta": [message]})
        movement = self.record(
            product_id, delta, row.stock_quantity, MovementKind.ADJUSTMENT, reason
        )
        self.session.flush()
        return movement

    def _too_little(self, product_id: int, requested: int) -> Conflict:
        short = self.short_lines({product_id: requested})
        if not short:
            raise NotFound(f"There is no product {product_id}.")
        return insufficient(short)

    def short_lines(self, lines: Lines) -> list[dict[str, int]]:
        """Return `{product_id, requested, available}` of each product that exists."""
        rows = self.availability(lines)
        return [
            {
                "product_id": row.id,
                "requested": lines[row.id],
                "available": row.available_quantity,
            }
            for row in rows
        ]

    def availability(self, product_ids: Iterable[int]) -> list[Row[Any]]:
        """Return rows of (id, is_active, available_quantity), by id."""
        statement = (
            select(Product.id, Product.is_active, Product.available_quantity)
            .where(Product.id.in_(list(product_ids)))
            .order_by(Product.id)
        )
        return list(self.session.execute(statement))

    def check(self, lines: Lines) -> list[dict[str, Any]]:
        """Return for each line what is requested and whether it is available.

        Raises NotFound for a product that is not on sale.
        """
        rows = {row.id: row for row in self.availability(lines) if row.is_active}
        for product_id in lines:
            if product_id not in rows:
                raise NotFound(f"There is no product {product_id}.")
        return [
            {
                "product_id": product_id,
                "requested": quantity,
                "in_stock": rows[product_id].available_quantity,
                "available": rows[product_id].available_quantity >= quantity,
            }
            for product_id, quantity in lines.items()
        ]

    def list_movements(self, product_id: int) -> Select[Any]:
        """Select the ledger of a product."""
        return select(StockMovement).where(StockMovement.product_id == product_id)


def insufficient(items: list[dict[str, int]]) -> Conflict:
    """Return the error for lines of which there is too little stock."""
    names = ", ".join(str(item["product_id"]) for item in items)
    return Conflict(
        f"There is too little stock of these products: {names}.",
        code="insufficient_stock",
        items=items,
    )
