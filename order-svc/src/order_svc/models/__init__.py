"""Tables, states and the table of transitions."""

from chassis.db import AuditModel
from order_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    DeadLetter,
    Dependency,
    IdempotencyKey,
    Inbox,
    Outbox,
    QuarantinedMessage,
)
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
