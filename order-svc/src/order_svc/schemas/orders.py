"""JSON of orders, in and out."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from chassis.web.fields import (
    Items,
    ListQuery,
    Moment,
    Money,
    QueryWhole,
    Schema,
    Text,
    Whole,
)
from chassis.web.fields import sort as sort_field
from order_svc.models import OrderStatus, PaymentStatus, display
from order_svc.schemas.countries import COUNTRIES

MOST_LINES, MOST_OF_ONE = 50, 10_000
MOST_TOTAL = "9999999999999.99"
E164 = validate.Regexp(
    r"^\+[1-9][0-9]{6,14}$", error="Not a number such as +919876543210."
)


COUNTRY = validate.OneOf(
    sorted(COUNTRIES), error="Not a country code of ISO 3166-1 alpha-2, such as IN."
)


class AddressSchema(Schema):
    """A shipping address."""

    name = Text(most=100, required=True)
    line1 = Text(most=200, required=True)
    line2 = Text(most=200, allow_none=True, load_default=None)
    city = Text(most=100, required=True)
    state = Text(most=100, required=True)
    postal_code = Text(most=20, required=True)
    country = Text(most=2, required=True, validate=COUNTRY, metadata={"example": "IN"})
    phone = Text(most=16, allow_none=True, load_default=None, validate=E164)


class LineSchema(Schema):
    """A product and a quantity."""

    product_id = Whole(required=True)
    quantity = Whole(1, MOST_OF_ONE, required=True)


def merge(items: list[dict[str, int]]) -> dict[int, int]:
    """Return `{product id: quantity}`; lines of one product are added up."""
    lines: dict[int, int] = {}
    for index, item in enumerate(items):
        product_id = item["product_id"]
        lines[product_id] = lines.get(product_id, 0) + item["quantity"]
        if lines[product_id] > MOST_OF_ONE:
            message = f"More than {MOST_OF_ONE} of product {product_id} in all."
            raise ValidationError({"items": {index: {"quantity": [message]}}})
    return lines


class OrderPatchSchema(Schema):
    """The fields of a pending order that can be changed."""

    shipping_address = fields.Nested(AddressSchema, allow_none=True)
    note = Text(most=500, lines=True, allow_none=True)


class OrderCreateSchema(OrderPatchSchema):
    """An order to place; its prices come from product-svc."""

    items = Items(fields.Nested(LineSchema), least=1, most=MOST_LINES, required=True)
    user_id = Whole(
        metadata={"description": "The user who orders; only staff may set it."}
    )

    @post_load
    def merge_items(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the items into `{product id: quantity}`."""
        return {**data, "items": merge(data["items"])}


class OrderItemSchema(Schema):
    """A line of an order, with name and price at the time of the order."""

    id = Whole()
    product_id = Whole()
    product_name = fields.String()
    quantity = Whole()
    price = Money()


class OrderPaymentSchema(Schema):
    """The order's payment, with the link while the order awaits payment."""

    status = fields.String(validate=validate.OneOf([*PaymentStatus]))
    short_url = fields.String(allow_none=True)
    expires_at = Moment(allow_none=True)


class OrderUserSchema(Schema):
    """The user who ordered, with the current data of user-svc."""

    id = Whole()
    name = fields.String()
    email = fields.String()


class OrderSchema(Schema):
    """An order; prices are 0.00 until its stock is reserved."""

    id = Whole()
    user_id = Whole()
    status = fields.String(validate=validate.OneOf([*OrderStatus]))
    status_display = fields.String(
        validate=validate.OneOf([display(status) for status in OrderStatus])
    )
    total_price = Money(most=MOST_TOTAL)
    refunded_amount = Money(most=MOST_TOTAL)
    currency = fields.String(metadata={"example": "INR"})
    items = fields.List(fields.Nested(OrderItemSchema))
    shipping_address = fields.Nested(AddressSchema, allow_none=True)
    note = fields.String(allow_none=True)
    payment = fields.Nested(OrderPaymentSchema, allow_none=True)
    notice = fields.String(
        allow_none=True,
        metadata={
            "description": "What the customer must know: a payment of another amount "
            "was received and is checked, or is being refunded.",
            "example": "We received 1483.19 INR for this order. Our staff are checking "
            "the amount. You do not need to pay again.",
        },
    )
    created_at = Moment()
    updated_at = Moment()
    user = fields.Nested(
        OrderUserSchema,
        allow_none=True,
        metadata={"description": "With `?expand=user`; null when the account is gone."},
    )


class OrderExpandSchema(Schema):
    """Objects to include in an order."""

    expand = fields.String(load_default=None, validate=validate.OneOf(["user"]))


class OrderQuerySchema(ListQuery):
    """Filters and order of a list."""

    status = fields.String(validate=validate.OneOf([*OrderStatus]))
    user_id = QueryWhole(
        metadata={"description": "Only staff see orders of other users."}
    )
    created_from = Moment()
    created_to = Moment()
    sort = sort_field("id", "created_at", "total_price", default="-id")
