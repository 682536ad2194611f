"""The JSON of stock and prices: ledgers, adjustments, order lines, availability."""

from typing import Any

from marshmallow import ValidationError, fields, post_load

from chassis.web.fields import Flag, Items, Moment, Money, Schema, Text, Whole
from product_svc.models import MAX_STOCK

MOST_LINES, MOST_OF_ONE = 50, 10_000


class AdjustmentSchema(Schema):
    """An adjustment of stock by staff."""

    delta = Whole(
        -MAX_STOCK,
        MAX_STOCK,
        required=True,
        metadata={"description": "Not 0.", "not": {"const": 0}},
    )
    reason = Text(most=255, required=True, metadata={"example": "stock-taking"})

    @post_load
    def check_delta(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Refuse a delta of 0."""
        if data["delta"] == 0:
            raise ValidationError("Must not be 0.", "delta")
        return data


class StockMovementSchema(Schema):
    """A line of the stock ledger."""

    id = Whole()
    product_id = Whole()
    delta = Whole(-MAX_STOCK, MAX_STOCK)
    stock_quantity = Whole(
        0, metadata={"description": "The stock after this movement."}
    )
    kind = Text(most=20, metadata={"example": "adjustment"})
    reason = Text(most=255)
    reference = Text(most=150, allow_none=True)
    actor = Text(most=100, metadata={"example": "user:900"})
    created_at = Moment()


class PriceChangeSchema(Schema):
    """A change of a product's price."""

    id = Whole()
    product_id = Whole()
    before = Money(
        allow_none=True, metadata={"description": "Null for the first price."}
    )
    after = Money()
    actor = Text(most=100, metadata={"example": "user:900"})
    correlation_id = Text(
        most=128, metadata={"example": "3f0c1a52-6c1e-4f0e-9d53-2f1f6b7a1c90"}
    )
    created_at = Moment()


class LineSchema(Schema):
    """A product and a quantity."""

    product_id = Whole(required=True)
    quantity = Whole(1, MOST_OF_ONE, required=True)


class LinesSchema(Schema):
    """The lines of an order; lines of the same product are added up."""

    items = Items(fields.Nested(LineSchema), least=1, most=MOST_LINES, required=True)

    @post_load
    def merge(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the items into `{product id: quantity}`."""
        lines: dict[int, int] = {}
        for item in data["items"]:
            product_id, quantity = item["product_id"], item["quantity"]
            lines[product_id] = lines.get(product_id, 0) + quantity
            if lines[product_id] > MOST_OF_ONE:
                message = f"At most {MOST_OF_ONE} of product {product_id} are allowed."
                raise ValidationError(message, "items")
        return {**data, "items": lines}


class AvailabilityItemSchema(Schema):
    """Whether enough of a product is available."""

    product_id = Whole()
    requested = Whole()
    in_stock = Whole(
        0, metadata={"description": "The quantity that can be ordered now."}
    )
    available = Flag()


class AvailabilitySchema(Schema):
    """Whether enough of every product is available."""

    available = Flag()
    items = fields.List(fields.Nested(AvailabilityItemSchema))
