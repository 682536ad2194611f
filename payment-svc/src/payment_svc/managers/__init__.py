"""The business rules; no HTTP, no queue, and never a commit."""

from payment_svc.managers.payments import PaymentManager
from payment_svc.managers.refunds import RefundManager
from payment_svc.managers.requests import Asked
from payment_svc.managers.webhooks import WebhookManager

__all__ = ["Asked", "PaymentManager", "RefundManager", "WebhookManager"]
