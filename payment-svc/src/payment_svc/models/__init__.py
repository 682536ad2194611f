"""The tables, the states of payments and refunds, and their transitions."""

from chassis.db import AuditModel
from payment_svc.models.attempts import PaymentAttempt
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
from payment_svc.models.disputes import Dispute, DisputeHistory
from payment_svc.models.events import Event
from payment_svc.models.payment_states import (
    PAYMENT_STATUS,
    ClosingReason,
    PaymentState,
    PaymentStatus,
    PaymentTrigger,
    RefundedShare,
)
from payment_svc.models.payment_transitions import PAYMENT_STATES, PAYMENT_TRANSITIONS
from payment_svc.models.payments import (
    AuditLog,
    Outcome,
    Payment,
    PaymentHistory,
    PaymentKind,
    status_of,
)
from payment_svc.models.reconciliation import (
    DriftKind,
    Listing,
    ReconciliationDrift,
    ReconciliationRun,
    RunState,
)
from payment_svc.models.refund_states import (
    AUTOMATIC,
    BY_SAGA,
    REFUND_STATUS,
    RefundEffect,
    RefundReason,
    RefundState,
    RefundStatus,
    RefundTrigger,
)
from payment_svc.models.refund_transitions import REFUND_STATES, REFUND_TRANSITIONS
from payment_svc.models.refunds import Refund, RefundHistory, refund_key
from payment_svc.models.webhooks import WebhookEvent

__all__ = [
    "AUTOMATIC",
    "BY_SAGA",
    "PAYMENT_STATES",
    "PAYMENT_STATUS",
    "PAYMENT_TRANSITIONS",
    "REFUND_STATES",
    "REFUND_STATUS",
    "REFUND_TRANSITIONS",
    "ActionLog",
    "AdminSession",
    "AuditLog",
    "AuditModel",
    "ClosingReason",
    "DeadLetter",
    "Dependency",
    "Dispute",
    "DisputeHistory",
    "DriftKind",
    "Event",
    "IdempotencyKey",
    "Inbox",
    "Listing",
    "Outbox",
    "Outcome",
    "Payment",
    "PaymentAttempt",
    "PaymentHistory",
    "PaymentKind",
    "PaymentState",
    "PaymentStatus",
    "PaymentTrigger",
    "QuarantinedMessage",
    "ReconciliationDrift",
    "ReconciliationRun",
    "Refund",
    "RefundEffect",
    "RefundHistory",
    "RefundReason",
    "RefundState",
    "RefundStatus",
    "RefundTrigger",
    "RefundedShare",
    "RunState",
    "WebhookEvent",
    "refund_key",
    "status_of",
]
