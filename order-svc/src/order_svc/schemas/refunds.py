"""JSON of refunds and timelines."""

from typing import Any

from marshmallow import fields, post_load, validate

from chassis.web.fields import Items, Moment, Money, Schema, Text, Whole
from order_svc.models import HistoryKind, OrderState, RefundReason, RefundStatus
from order_svc.schemas.orders import MOST_LINES, MOST_TOTAL, LineSchema, merge


class RefundCreateSchema(Schema):
    """A refund to make, by default of all that remains, and goods to restock."""

    amount = Money("0.01", load_default=None)
    items = Items(fields.Nested(LineSchema), most=MOST_LINES, load_default=list)
    reason = Text(most=500, lines=True, required=True)

    @post_load
    def merge_items(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the items into `{product id: quantity}`."""
        return {**data, "items": merge(data["items"])}


class RefundSchema(Schema):
    """A refund; `reason` is a code, `note` is the text of the request."""

    id = Whole()
    payment_id = Whole()
    amount = Money(most=MOST_TOTAL)
    reason = fields.String(validate=validate.OneOf([*RefundReason]))
    note = fields.String(allow_none=True)
    status = fields.String(validate=validate.OneOf([*RefundStatus]))
    created_at = Moment()


def _state(name: str) -> fields.String:
    return fields.String(
        attribute=name, allow_none=True, validate=validate.OneOf([*OrderState])
    )


# `from` is a keyword of Python, so this class is made from a dict.
TimelineEntrySchema = Schema.from_dict(
    {
        "at": Moment(attribute="created_at"),
        "service": fields.String(metadata={"example": "order-svc"}),
        "kind": fields.String(validate=validate.OneOf([*HistoryKind])),
        "name": fields.String(metadata={"example": "payment.captured"}),
        "from": _state("from_state"),
        "to": _state("to_state"),
        "reason": fields.String(),
        "correlation_id": fields.String(),
    },
    name="TimelineEntrySchema",
)


class TimelineSchema(Schema):
    """An order's timeline, oldest line first."""

    data = fields.List(fields.Nested(TimelineEntrySchema))
