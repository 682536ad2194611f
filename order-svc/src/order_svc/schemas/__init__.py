"""The JSON of requests, responses and messages."""

from order_svc.schemas.messages import (
    PaymentCapturedSchema,
    PaymentClosedSchema,
    PaymentDisputedSchema,
    PaymentLinkReadySchema,
    PaymentUnderReviewSchema,
    RefundAnswerSchema,
)
from order_svc.schemas.orders import (
    OrderCreateSchema,
    OrderExpandSchema,
    OrderPatchSchema,
    OrderQuerySchema,
    OrderSchema,
)
from order_svc.schemas.refunds import (
    RefundCreateSchema,
    RefundSchema,
    TimelineSchema,
)

__all__ = [
    "OrderCreateSchema",
    "OrderExpandSchema",
    "OrderPatchSchema",
    "OrderQuerySchema",
    "OrderSchema",
    "PaymentCapturedSchema",
    "PaymentClosedSchema",
    "PaymentDisputedSchema",
    "PaymentLinkReadySchema",
    "PaymentUnderReviewSchema",
    "RefundAnswerSchema",
    "RefundCreateSchema",
    "RefundSchema",
    "TimelineSchema",
]
