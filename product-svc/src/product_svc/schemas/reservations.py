"""Reservations in and out."""

from marshmallow import fields

from chassis.web.fields import Moment, Money, QueryFlag, Schema, Text, Whole
from product_svc.schemas.stock import LinesSchema

WEEK = 7 * 24 * 3600


class ReserveSchema(LinesSchema):
    """What to hold, and for how many seconds."""

    expires_in = Whole(1, WEEK, required=True, metadata={"example": 2700})


class RestockSchema(LinesSchema):
    """What came back; `return_id` is unique among the order's returns."""

    return_id = Text(most=100, required=True)


class ReleaseQuerySchema(Schema):
    """How to let go."""

    final = QueryFlag(
        load_default=False,
        metadata={"description": "The order is over: never commit it any more."},
    )


class ReservationItemSchema(Schema):
    """A line of a reservation, with the name and price of its moment."""

    product_id = Whole()
    name = Text(most=100)
    price = Money()
    quantity = Whole()


class ReservationSchema(Schema):
    """What an order holds or has taken."""

    order_id = Whole()
    state = Text(most=20, metadata={"example": "held"})
    expires_at = Moment(allow_none=True)
    items = fields.List(fields.Nested(ReservationItemSchema))
