"""Tables, states and the table of transitions."""

from chassis.db import AuditModel
from product_svc.models.catalogue import IS_LOW, Category, Product
from product_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    Dependency,
    IdempotencyKey,
)
from product_svc.models.prices import PriceChange
from product_svc.models.reservations import (
    Reservation,
    ReservationHistory,
    ReservationItem,
)
from product_svc.models.states import (
    STOCK_CHANGES,
    Effect,
    ReservationState,
    ReservationTrigger,
    StockChange,
)
from product_svc.models.stock import MAX_STOCK, MovementKind, StockMovement
from product_svc.models.transitions import STATES, STOCK_GONE, TOMBSTONES, TRANSITIONS
from product_svc.models.words import (
    LONGEST_ENTRY,
    ProductText,
    ProductWord,
    WordPart,
)

__all__ = [
    "IS_LOW",
    "LONGEST_ENTRY",
    "MAX_STOCK",
    "STATES",
    "STOCK_CHANGES",
    "STOCK_GONE",
    "TOMBSTONES",
    "TRANSITIONS",
    "ActionLog",
    "AdminSession",
    "AuditModel",
    "Category",
    "Dependency",
    "Effect",
    "IdempotencyKey",
    "MovementKind",
    "PriceChange",
    "Product",
    "ProductText",
    "ProductWord",
    "Reservation",
    "ReservationHistory",
    "ReservationItem",
    "ReservationState",
    "ReservationTrigger",
    "StockChange",
    "StockMovement",
    "WordPart",
]
