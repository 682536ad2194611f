"""Tables, states and the table of legal transitions."""

from chassis.db import AuditModel
from product_svc.models.catalogue import Category, Product
from product_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    Dependency,
    IdempotencyKey,
)
from product_svc.models.reservations import (
    ANSWERS,
    CELLS,
    STATES,
    TRANSITIONS,
    Answer,
    Move,
    Reservation,
    ReservationHistory,
    ReservationItem,
    ReservationState,
    Trigger,
)
from product_svc.models.stock import MAX_STOCK, MovementKind, StockMovement

__all__ = [
    "ANSWERS",
    "CELLS",
    "MAX_STOCK",
    "STATES",
    "TRANSITIONS",
    "ActionLog",
    "AdminSession",
    "Answer",
    "AuditModel",
    "Category",
    "Dependency",
    "IdempotencyKey",
    "Move",
    "MovementKind",
    "Product",
    "Reservation",
    "ReservationHistory",
    "ReservationItem",
    "ReservationState",
    "StockMovement",
    "Trigger",
]
