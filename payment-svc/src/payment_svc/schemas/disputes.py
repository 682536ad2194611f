"""Disputes in JSON."""

from marshmallow import fields

from chassis.web.fields import Moment, Money, Schema, Whole


class DisputeSchema(Schema):
    """A dispute of a payment; phase, status and reason are Razorpay's words."""

    id = Whole()
    payment_id = Whole()
    razorpay_dispute_id = fields.String()
    phase = fields.String(metadata={"example": "chargeback"})
    status = fields.String(metadata={"example": "open"})
    amount = Money()
    amount_deducted = Money()
    currency = fields.String(metadata={"example": "INR"})
    reason_code = fields.String()
    respond_by = Moment(allow_none=True)
    problem = fields.String(
        allow_none=True, metadata={"description": "What staff must examine."}
    )
    created_at = Moment(attribute="opened_at", allow_none=True)
    updated_at = Moment()


class DisputesSchema(Schema):
    """All disputes of a payment, newest first."""

    data = fields.List(fields.Nested(DisputeSchema))
