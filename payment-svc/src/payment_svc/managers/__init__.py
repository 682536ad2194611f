"""The business rules; they use neither HTTP nor queues, and never commit."""

from payment_svc.managers.disputes import DisputeManager
from payment_svc.managers.drift import Drift
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.payment_request import PaymentRequest
from payment_svc.managers.payments import PaymentManager
from payment_svc.managers.provider_refunds import ProviderRefunds
from payment_svc.managers.reconciliation import Reconciliation
from payment_svc.managers.reconciliation_runs import ReconciliationRuns
from payment_svc.managers.refund_attempts import RefundAttempts
from payment_svc.managers.refund_machine import RefundMachine
from payment_svc.managers.refunds import RefundManager
from payment_svc.managers.review import Review

__all__ = [
    "DisputeManager",
    "Drift",
    "PaymentMachine",
    "PaymentManager",
    "PaymentRequest",
    "ProviderRefunds",
    "Reconciliation",
    "ReconciliationRuns",
    "RefundAttempts",
    "RefundMachine",
    "RefundManager",
    "Review",
]
