"""Tables, states and the table of transitions."""

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.messaging import dead_letters, inbox, outbox
from chassis.web import health, idempotency
from order_svc.extensions import db
from order_svc.models.base import AuditModel
from order_svc.models.orders import HistoryKind, Order, OrderHistory, OrderItem
from order_svc.models.refunds import Lines, OrderRefund
from order_svc.models.states import (
    AUTOMATIC,
    DECIDED,
    REFUND_STATUSES,
    STATES,
    STATUSES,
    UNPAID,
    Effect,
    Event,
    OrderState,
    OrderStatus,
    OrderTrigger,
    PaymentStatus,
    RefundReason,
    RefundState,
    RefundStatus,
    display,
)
from order_svc.models.stock_commands import (
    StockCommand,
    StockCommandKind,
    StockCommandState,
)
from order_svc.models.transitions import TRANSITIONS


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
    "DECIDED",
    "REFUND_STATUSES",
    "STATES",
    "STATUSES",
    "TRANSITIONS",
    "UNPAID",
    "ActionLog",
    "AdminSession",
    "AuditModel",
    "DeadLetter",
    "Dependency",
    "Effect",
    "Event",
    "HistoryKind",
    "IdempotencyKey",
    "Inbox",
    "Lines",
    "Order",
    "OrderHistory",
    "OrderItem",
    "OrderRefund",
    "OrderState",
    "OrderStatus",
    "OrderTrigger",
    "Outbox",
    "PaymentStatus",
    "QuarantinedMessage",
    "RefundReason",
    "RefundState",
    "RefundStatus",
    "StockCommand",
    "StockCommandKind",
    "StockCommandState",
    "display",
]
