"""Refunds in JSON."""

from marshmallow import fields, validate

from chassis.web.fields import Flag, Moment, Money, Schema, Text, Whole
from payment_svc.models import RefundReason, RefundStatus
from payment_svc.razorpay.types import MINIMUM_AMOUNT


class RefundSchema(Schema):
    """A refund of a payment."""

    id = Whole()
    payment_id = Whole()
    amount = Money()
    reason = fields.String(validate=validate.OneOf([str(r) for r in RefundReason]))
    note = fields.String(allow_none=True)
    status = fields.String(validate=validate.OneOf([str(s) for s in RefundStatus]))
    created_at = Moment()


class RefundsSchema(Schema):
    """All refunds of a payment, newest first."""

    data = fields.List(fields.Nested(RefundSchema))


class RefundPostSchema(Schema):
    """A refund to make; without `amount` all that is left."""

    amount = Money(
        "0.01",
        load_default=None,
        metadata={"description": f"From {MINIMUM_AMOUNT}, or all that is left."},
    )
    reason = Text(
        most=255,
        lines=True,
        load_default="",
        metadata={"description": "For people."},
    )
    despite_dispute = Flag(
        load_default=False,
        metadata={"description": "Admins only: refund a payment that is disputed."},
    )
