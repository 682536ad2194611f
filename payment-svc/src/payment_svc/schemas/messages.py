"""The messages of order-svc; unknown members are ignored."""

from marshmallow import EXCLUDE, fields, validate

from chassis.web.fields import Flag, Moment, Money, Schema, Whole
from payment_svc.models import ClosingReason, Outcome, RefundReason

LONGEST_NOTE = 500
CLOSING = [str(ClosingReason.EXPIRED), str(ClosingReason.CANCELLED)]
OWN = (RefundReason.DIRECT, RefundReason.REVIEW_REJECTED, RefundReason.PROVIDER)
REASONS = [str(reason) for reason in RefundReason if reason not in OWN]


class Message(Schema):
    """What every message has."""

    class Meta:
        """Ignore unknown members."""

        unknown = EXCLUDE

    order_id = Whole(required=True)


class CustomerSchema(Schema):
    """The customer who pays."""

    class Meta:
        """Ignore unknown members."""

        unknown = EXCLUDE

    name = fields.String(required=True, validate=validate.Length(max=100))
    email = fields.String(required=True, validate=validate.Length(max=254))
    phone = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=20)
    )


class PaymentRequestedSchema(Message):
    """An order needs a payment link."""

    user_id = Whole(required=True)
    amount = Money("1.00", required=True)
    currency = fields.String(required=True, validate=validate.Equal("INR"))
    customer = fields.Nested(CustomerSchema, required=True)
    placed_at = Moment(required=True)


class CloseRequestedSchema(Message):
    """An order has ended or is being cancelled."""

    user_id = Whole(required=True)
    amount = Money("0.01", required=True)
    currency = fields.String(required=True, validate=validate.Equal("INR"))
    reason = fields.String(required=True, validate=validate.OneOf(CLOSING))


class RefundRequestedSchema(Message):
    """A refund of one payment."""

    payment_id = Whole(required=True)
    amount = Money("0.01", required=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    n = Whole(1, 10**6, required=True)
    rest = Flag(load_default=False)  # all that is left, at most `amount`
    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))
    by_admin = Flag(load_default=False)  # REFUND_LIMIT does not apply


class OrderSettledSchema(Message):
    """What order-svc decided about a capture."""

    payment_id = Whole(required=True)
    outcome = fields.String(
        required=True, validate=validate.OneOf([str(o) for o in Outcome])
    )
    refund_id = Whole(load_default=None, allow_none=True)
