"""Tables, states and the table of legal transitions."""

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.messaging import dead_letters, inbox, outbox
from chassis.web import health, idempotency
from order_svc.extensions import db
from order_svc.models.base import AuditModel
from order_svc.models.orders import HistoryKind, Order, OrderHistory, OrderItem
from order_svc.models.refunds import Lines, OrderRefund, Owed, OwedKind, OwedState
from order_svc.models.states import (
    AUTOMATIC,
    DECIDED,
    REFUND_STATUSES,
    STATUSES,
    UNPAID,
    Effect,
    OrderEvent,
    OrderState,
    OrderStatus,
    PaymentStatus,
    RefundReason,
    RefundState,
    RefundStatus,
    display,
)
from order_svc.models.transitions import COLUMNS, TRANSITIONS, Cell, Kind


class Outbox(outbox.OutboxMixin, db.Model):
    """A message on its way to payment-svc."""


class Inbox(inbox.InboxMixin, db.Model):
    """A message that was handled."""


class QuarantinedMessage(inbox.QuarantineMixin, db.Model):
    """A message that a person must look at."""


class DeadLetter(dead_letters.DeadLetterMixin, db.Model):
    """A message that failed too often, as the worker saw it in its queue."""


class IdempotencyKey(idempotency.IdempotencyKeyMixin, db.Model):
    """A key that a client sent with a creating request."""


class Dependency(health.DependencyMixin, db.Model):
    """A service or queue as the worker last saw it."""


class AdminSession(AdminSessionMixin, db.Model):
    """A signed-in member of staff."""


class ActionLog(ActionLogMixin, db.Model):
    """What staff did in the panel."""


__all__ = [
    "AUTOMATIC",
    "COLUMNS",
    "DECIDED",
    "REFUND_STATUSES",
    "STATUSES",
    "TRANSITIONS",
    "UNPAID",
    "ActionLog",
    "AdminSession",
    "AuditModel",
    "Cell",
    "DeadLetter",
    "Dependency",
    "Effect",
    "HistoryKind",
    "IdempotencyKey",
    "Inbox",
    "Kind",
    "Lines",
    "Order",
    "OrderEvent",
    "OrderHistory",
    "OrderItem",
    "OrderRefund",
    "OrderState",
    "OrderStatus",
    "Outbox",
    "Owed",
    "OwedKind",
    "OwedState",
    "PaymentStatus",
    "QuarantinedMessage",
    "RefundReason",
    "RefundState",
    "RefundStatus",
    "display",
]
