"""The JSON of reservations."""

from marshmallow import fields

from chassis.web.fields import Moment, Money, QueryFlag, Schema, Text, Whole
from product_svc.schemas.stock import LinesSchema

WEEK = 7 * 24 * 3600


class ReserveSchema(LinesSchema):
    """The lines to reserve, and for how many seconds."""

    expires_in = Whole(1, WEEK, required=True, metadata={"example": 2700})


class ProlongSchema(Schema):
    """For how many seconds from now the stock is held, at least."""

    expires_in = Whole(1, WEEK, required=True, metadata={"example": 6300})


class RestockSchema(LinesSchema):
    """The lines to restock; `return_id` is unique among the order's returns."""

    return_id = Text(most=100, required=True)


class ReleaseQuerySchema(Schema):
    """How to release a reservation."""

    final = QueryFlag(
        load_default=False,
        metadata={"description": "The order has ended and can never be committed."},
    )


class ReservationItemSchema(Schema):
    """A line of a reservation, with the name and price when it was made."""

    product_id = Whole()
    name = Text(most=100)
    price = Money()
    quantity = Whole()


class ReservationSchema(Schema):
    """The stock that an order holds or has bought."""

    order_id = Whole()
    state = Text(most=20, metadata={"example": "held"})
    expires_at = Moment(allow_none=True)
    items = fields.List(fields.Nested(ReservationItemSchema))
