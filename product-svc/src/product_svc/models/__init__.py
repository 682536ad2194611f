"""Tables, states and the table of transitions."""

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.web import health, idempotency
from product_svc.extensions import db
from product_svc.models.base import AuditModel
from product_svc.models.catalogue import Category, Product
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


class IdempotencyKey(idempotency.IdempotencyKeyMixin, db.Model):
    """A key that a client sent with a creating request."""


class Dependency(health.DependencyMixin, db.Model):
    """The last known state of a service or queue."""


class AdminSession(AdminSessionMixin, db.Model):
    """A signed-in member of staff."""


class ActionLog(ActionLogMixin, db.Model):
    """What staff did in the panel."""


__all__ = [
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
    "Product",
    "Reservation",
    "ReservationHistory",
    "ReservationItem",
    "ReservationState",
    "ReservationTrigger",
    "StockChange",
    "StockMovement",
]
