"""The states, triggers and effects of reservations."""

from dataclasses import dataclass
from enum import StrEnum


class ReservationState(StrEnum):
    """The state of an order's reservation."""

    HELD = "held"  # the stock is reserved until `expires_at`
    COMMITTED = "committed"  # the stock is sold
    RELEASED = "released"  # a commit sells the stock if it is still available
    EXPIRED = "expired"  # as RELEASED
    REFUSED = "refused"  # the order can never be committed


class ReservationTrigger(StrEnum):
    """What happens to a reservation; each has a transition for every state."""

    RESERVE = "reserve"
    REFUSE = "refuse"  # fired by product-svc itself when stock is short
    RELEASE = "release"
    RELEASE_FINAL = "release_final"
    EXPIRE = "expire"
    COMMIT = "commit"
    RESTOCK = "restock"
    PROLONG = "prolong"


class Effect(StrEnum):
    """A move of stock that belongs to a transition."""

    RESERVE = "reserve stock"
    RELEASE = "release reserved stock"
    SELL_RESERVED = "sell reserved stock"
    SELL_AVAILABLE = "sell available stock"
    RESTOCK = "restock"


@dataclass(frozen=True)
class StockChange:
    """What one unit of a reservation adds to a product's quantities."""

    stock: int = 0
    reserved: int = 0


STOCK_CHANGES: dict[Effect, StockChange] = {
    Effect.RESERVE: StockChange(reserved=+1),
    Effect.RELEASE: StockChange(reserved=-1),
    Effect.SELL_RESERVED: StockChange(stock=-1, reserved=-1),
    Effect.SELL_AVAILABLE: StockChange(stock=-1),
    Effect.RESTOCK: StockChange(stock=+1),
}
