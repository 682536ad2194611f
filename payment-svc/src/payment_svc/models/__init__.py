"""The tables, the states and the tables of legal transitions."""

from chassis.db import AuditModel
from payment_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    DeadLetter,
    Dependency,
    IdempotencyKey,
    Inbox,
    Outbox,
    QuarantinedMessage,
)
from payment_svc.models.moves import Event, Move
from payment_svc.models.payment_states import (
    PAYMENT_STATUS,
    PAYMENT_TRANSITIONS,
    ClosingReason,
    PaymentState,
    PaymentStatus,
    PaymentTrigger,
    Returned,
)
from payment_svc.models.payments import (
    AuditLog,
    Outcome,
    Payment,
    PaymentHistory,
    PaymentKind,
    share_of,
    status_of,
)
from payment_svc.models.provider import (
    LEAST,
    ProviderLink,
    ProviderPayment,
    ProviderRefund,
    Snapshot,
)
from payment_svc.models.refunds import (
    REFUND_STATUS,
    REFUND_TRANSITIONS,
    Refund,
    RefundHistory,
    RefundReason,
    RefundState,
    RefundStatus,
    RefundTrigger,
    refund_key,
)
from payment_svc.models.webhooks import WebhookEvent

__all__ = [
    "LEAST",
    "PAYMENT_STATUS",
    "PAYMENT_TRANSITIONS",
    "REFUND_STATUS",
    "REFUND_TRANSITIONS",
    "ActionLog",
    "AdminSession",
    "AuditLog",
    "AuditModel",
    "ClosingReason",
    "DeadLetter",
    "Dependency",
    "Event",
    "IdempotencyKey",
    "Inbox",
    "Move",
    "Outbox",
    "Outcome",
    "Payment",
    "PaymentHistory",
    "PaymentKind",
    "PaymentState",
    "PaymentStatus",
    "PaymentTrigger",
    "ProviderLink",
    "ProviderPayment",
    "ProviderRefund",
    "QuarantinedMessage",
    "Refund",
    "RefundHistory",
    "RefundReason",
    "RefundState",
    "RefundStatus",
    "RefundTrigger",
    "Returned",
    "Snapshot",
    "WebhookEvent",
    "refund_key",
    "share_of",
    "status_of",
]
