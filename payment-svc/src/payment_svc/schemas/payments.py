"""Payments in JSON."""

from marshmallow import fields, validate

from chassis.web import texts
from chassis.web.fields import (
    ListQuery,
    Moment,
    Money,
    QueryWhole,
    Schema,
    Text,
    Whole,
    sort,
)
from payment_svc.models import PaymentStatus
from payment_svc.razorpay.types import MINIMUM_AMOUNT

_LABEL = rf"[^@\s.{texts.NEVER}]+"
EMAIL = rf"[^@\s{texts.NEVER}]{{1,64}}@{_LABEL}(\.{_LABEL})+"
PHONE = r"\+[1-9][0-9]{7,14}"


class PaymentSchema(Schema):
    """A payment of an order."""

    id = Whole()
    order_id = fields.Function(
        lambda payment: int(payment.order_id),
        metadata={"type": "integer", "minimum": 1, "example": 17},
    )
    user_id = Whole(allow_none=True)
    amount = Money()
    amount_captured = Money(
        attribute="captured_amount",
        allow_none=True,
        metadata={"description": "The captured amount; null before a capture."},
    )
    amount_refunded = Money()
    currency = fields.String(metadata={"example": "INR"})
    status = fields.String(validate=validate.OneOf([str(s) for s in PaymentStatus]))
    receipt = fields.String(metadata={"description": "Razorpay's `reference_id`."})
    reason = fields.String(allow_none=True)
    razorpay_order_id = fields.String(allow_none=True)
    razorpay_payment_id = fields.String(allow_none=True)
    razorpay_payment_link_id = fields.String(allow_none=True)
    razorpay_short_url = fields.String(allow_none=True)
    expires_at = Moment(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class PaymentLinkSchema(Schema):
    """A payment link to create."""

    order_id = Whole(required=True)
    user_id = Whole(load_default=None, allow_none=True)
    amount = Money(str(MINIMUM_AMOUNT), required=True)
    name = Text(most=100, required=True)
    email = Text(most=254, required=True, validate=validate.Regexp(f"^{EMAIL}$"))
    phone = Text(
        most=16,
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(f"^{PHONE}$"),
        metadata={"description": "E.164, `+919812345670`."},
    )


class PaymentQuerySchema(ListQuery):
    """Which payments, in which order."""

    order_id = QueryWhole(load_default=None)
    status = fields.String(
        load_default=None,
        validate=validate.OneOf([str(status) for status in PaymentStatus]),
    )
    created_from = Moment(load_default=None)
    created_to = Moment(load_default=None)
    sort = sort("id", "created_at", "amount", default="-id")


class ResolutionSchema(Schema):
    """The decision about a payment under review."""

    decision = fields.String(
        required=True, validate=validate.OneOf(["accept", "refund"])
    )
    note = Text(most=255, lines=True, required=True)


class CallbackAnswerSchema(Schema):
    """The state of a payment when its customer returns from Razorpay."""

    order_id = Whole()
    status = fields.String(
        validate=validate.OneOf(["processing", "paid", "refunded", "closed"])
    )
    amount = Money()
    currency = fields.String()


class WebhookAnswerSchema(Schema):
    """Whether a webhook was new."""

    status = fields.String(validate=validate.OneOf(["stored", "known"]))
