"""The JSON of products."""

from typing import Any, cast

from marshmallow import ValidationError, fields, missing, post_load

from chassis.web.fields import (
    Flag,
    ListQuery,
    Moment,
    Money,
    QueryFlag,
    QueryList,
    QueryWhole,
    Schema,
    Text,
    Whole,
    sort,
)
from product_svc.models import MAX_STOCK
from product_svc.schemas.searches import HighlightSchema

NO_DEFAULT = cast("str", missing)  # the default depends on another parameter


class CategoryReference(fields.Nested):
    """A product's category, or null when its columns are all null."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        has_one = value is not None and value.id is not None
        return super()._serialize(value if has_one else None, attr, obj, **kwargs)


class CategoryReferenceSchema(Schema):
    """The category of a product."""

    id = Whole()
    name = Text(most=100)


class ProductSchema(Schema):
    """A product."""

    id = Whole()
    sku = Text(most=64, allow_none=True, metadata={"example": "KIT-KADAI-24"})
    name = Text(most=100, metadata={"example": "Cast iron kadai, 24 cm"})
    description = fields.String(allow_none=True)
    price = Money()
    stock_quantity = Whole(
        0, metadata={"description": "The stock, including what is reserved."}
    )
    available_quantity = Whole(
        0, metadata={"description": "The stock that open orders have not reserved."}
    )
    low_stock_threshold = Whole(
        0,
        allow_none=True,
        metadata={"description": "The stock is low at or below this; null: never."},
    )
    is_active = Flag()
    category = CategoryReference(CategoryReferenceSchema, allow_none=True)
    highlight = fields.Nested(
        HighlightSchema, metadata={"description": "In lists with `highlight=true`."}
    )
    created_at = Moment()
    updated_at = Moment()


class ProductPutSchema(Schema):
    """All fields of a product that staff may set; only adjustments change its stock."""

    name = Text(most=100, required=True)
    description = Text(most=5000, lines=True, allow_none=True, load_default=None)
    price = Money(required=True)
    category_id = Whole(allow_none=True, load_default=None)
    sku = Text(most=64, allow_none=True, load_default=None)
    low_stock_threshold = Whole(
        0,
        MAX_STOCK,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "At or below it the stock is low; null: never.",
            "example": 5,
        },
    )
    is_active = Flag()


class ProductPatchSchema(ProductPutSchema):
    """The fields of a product to change."""


class ProductCreateSchema(ProductPutSchema):
    """A new product and its initial stock."""

    class Meta(Schema.Meta):
        """A new product is on sale."""

        exclude = ("is_active",)

    stock_quantity = Whole(0, MAX_STOCK, required=True)


class ProductFilterSchema(Schema):
    """Filters of the catalogue."""

    q = Text(
        most=200,
        metadata={
            "description": "Words in name, description, SKU or category; the last may"
            ' be incomplete. Words in quotes are a phrase: "cast iron".',
            "example": "iron kad",
        },
    )
    name = Text(
        most=100,
        metadata={
            "description": "Words that are in words of the name; words of one or two"
            " letters are beginnings of words."
        },
    )
    description = Text(
        most=200, metadata={"description": "The same for the description."}
    )
    category = QueryList(
        QueryWhole(),
        most=100,
        metadata={"description": "Category ids; their descendants are included."},
    )
    price = Money()
    min_price = Money()
    max_price = Money()
    in_stock = QueryFlag()
    ids = QueryList(QueryWhole(), most=100)
    low_stock = QueryFlag(
        metadata={
            "description": "`true`: only products whose stock is at or below their"
            " threshold; `false`: all products. For staff."
        }
    )
    is_active = QueryFlag(load_default=True)

    @post_load
    def omit_no_filter(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out `low_stock=false`, which selects all products."""
        return {k: v for k, v in data.items() if (k, v) != ("low_stock", False)}


class ProductQuerySchema(ProductFilterSchema, ListQuery):
    """Filters and sort order of the catalogue."""

    highlight = QueryFlag(
        load_default=False,
        metadata={"description": "Mark the words of `q` in name and description."},
    )
    sort = sort(
        "id",
        "name",
        "price",
        "created_at",
        "stock_quantity",
        "relevance",
        default=NO_DEFAULT,
    )

    @post_load
    def choose_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Sort by relevance by default when `q` is given, and by id otherwise."""
        if "q" not in data and data.get("sort", "").endswith("relevance"):
            raise ValidationError("Sorting by relevance needs q.", "sort")
        return {"sort": "relevance" if "q" in data else "id", **data}
