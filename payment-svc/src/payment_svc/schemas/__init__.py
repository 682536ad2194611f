"""The JSON in and out."""

from payment_svc.schemas.attempts import AttemptsSchema
from payment_svc.schemas.disputes import DisputesSchema
from payment_svc.schemas.messages import (
    CloseRequestedSchema,
    OrderSettledSchema,
    PaymentRequestedSchema,
    RefundRequestedSchema,
)
from payment_svc.schemas.payments import (
    CallbackAnswerSchema,
    PaymentLinkSchema,
    PaymentQuerySchema,
    PaymentSchema,
    ResolutionSchema,
    WebhookAnswerSchema,
)
from payment_svc.schemas.refunds import RefundPostSchema, RefundSchema, RefundsSchema

__all__ = [
    "AttemptsSchema",
    "CallbackAnswerSchema",
    "CloseRequestedSchema",
    "DisputesSchema",
    "OrderSettledSchema",
    "PaymentLinkSchema",
    "PaymentQuerySchema",
    "PaymentRequestedSchema",
    "PaymentSchema",
    "RefundPostSchema",
    "RefundRequestedSchema",
    "RefundSchema",
    "RefundsSchema",
    "ResolutionSchema",
    "WebhookAnswerSchema",
]
