"""Attempts to pay in JSON."""

from typing import Any

from marshmallow import fields

from chassis.web.fields import Moment, Money, Schema
from payment_svc.models import PaymentAttempt
from payment_svc.razorpay.error_reasons import explain


class AttemptErrorSchema(Schema):
    """Why an attempt failed, in Razorpay's words."""

    code = fields.String(allow_none=True, attribute="error_code")
    reason = fields.String(allow_none=True, attribute="error_reason")
    step = fields.String(allow_none=True, attribute="error_step")
    source = fields.String(allow_none=True, attribute="error_source")
    description = fields.String(allow_none=True, attribute="error_description")


class AttemptSchema(Schema):
    """An attempt to pay, as its customer sees it."""

    razorpay_payment_id = fields.String()
    status = fields.String(metadata={"example": "failed"})
    method = fields.String(allow_none=True, metadata={"example": "upi"})
    bank = fields.String(allow_none=True)
    wallet = fields.String(allow_none=True)
    vpa_handle = fields.String(allow_none=True, metadata={"example": "okhdfcbank"})
    amount = Money()
    currency = fields.String(metadata={"example": "INR"})
    message = fields.Function(
        lambda row: explain(row.status, row.error_reason),
        metadata={"type": "string", "description": "What the customer needs to know."},
    )
    error = fields.Nested(
        AttemptErrorSchema,
        allow_none=True,
        dump_default=None,
        metadata={"description": "Razorpay's error; only staff see it."},
    )
    attempted_at = Moment(allow_none=True)


class AttemptsSchema(Schema):
    """All attempts to pay, newest first."""

    data = fields.List(fields.Nested(AttemptSchema))


class WithError:
    """An attempt together with its error."""

    def __init__(self, attempt: PaymentAttempt) -> None:
        self.attempt = attempt

    @property
    def error(self) -> PaymentAttempt | None:
        """Return what the error's fields are read from, if the attempt has an error."""
        return self.attempt if self.attempt.error_code else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.attempt, name)
