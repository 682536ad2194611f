"""The messages of payment-svc, with the fields that the order service reads."""

from marshmallow import fields, validate

from chassis.web.fields import Flag, Moment, Money, Schema, Whole
from order_svc.models import RefundReason

MOST = "9999999999999.99"
MOST_PAID = "99999999.99"  # what the columns of a payment store


class PaymentLinkReadySchema(Schema):
    """`payment.link_ready`."""

    order_id = Whole(required=True)
    short_url = fields.String(required=True, validate=validate.Length(1, 255))
    expires_at = Moment(required=True)
    amount = Money("0.01", MOST_PAID, load_default=None)
    currency = fields.String(load_default=None, validate=validate.Length(3, 3))
    user_id = Whole(load_default=None, allow_none=True)


class PaymentCapturedSchema(Schema):
    """`payment.captured`."""

    order_id = Whole(required=True)
    payment_id = Whole(required=True)
    amount = Money("0.00", MOST, required=True)  # an offer of all of it, accepted
    currency = fields.String(required=True, validate=validate.Length(3, 3))
    accepted = Flag(load_default=False)


class PaymentClosedSchema(Schema):
    """`payment.closed`."""

    order_id = Whole(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 255))
    rejected = Flag(load_default=False)


class PaymentUnderReviewSchema(Schema):
    """`payment.under_review`."""

    order_id = Whole(required=True)
    payment_id = Whole(required=True)
    amount = Money("0.00", MOST_PAID, required=True)
    currency = fields.String(required=True, validate=validate.Length(3, 3))
    reason = fields.String(required=True, validate=validate.Length(1, 255))


class PaymentDisputedSchema(Schema):
    """`payment.disputed`; phase and status are Razorpay's words."""

    order_id = Whole(required=True)
    payment_id = Whole(required=True)
    dispute_id = Whole(required=True)
    version = Whole(required=True)
    phase = fields.String(required=True, validate=validate.Length(1, 40))
    status = fields.String(required=True, validate=validate.Length(1, 40))
    amount = Money("0.00", MOST, required=True)
    respond_by = Moment(load_default=None, allow_none=True)


class RefundAnswerSchema(Schema):
    """`refund.processed`, `refund.failed`."""

    order_id = Whole(required=True)
    payment_id = Whole(required=True)
    refund_id = Whole(required=True)
    amount = Money("0.01", MOST, required=True)
    reason = fields.String(required=True, validate=validate.OneOf([*RefundReason]))
    n = Whole(required=True)
    note = fields.String(load_default=None, validate=validate.Length(max=500))
    detail = fields.String(load_default="", validate=validate.Length(max=255))
