"""The JSON of categories."""

from chassis.web.fields import (
    ListQuery,
    Moment,
    QueryFlag,
    QueryWhole,
    Schema,
    Text,
    Whole,
    sort,
)


class CategorySchema(Schema):
    """A category."""

    id = Whole(dump_only=True)
    name = Text(most=100, required=True, metadata={"example": "Kitchen"})
    description = Text(most=5000, lines=True, allow_none=True, load_default=None)
    parent_id = Whole(allow_none=True, load_default=None)
    product_count = Whole(
        0,
        dump_only=True,
        metadata={
            "description": "In lists with `counts=true`: products on sale in the"
            " category and below it; 10,000 stands for all larger numbers."
        },
    )
    created_at = Moment(dump_only=True)
    updated_at = Moment(dump_only=True)


class CategoryPatchSchema(CategorySchema):
    """The fields of a category to change."""


class CategoryQuerySchema(ListQuery):
    """Filters and sort order of categories."""

    name = Text(most=100, metadata={"description": "Text that the name contains."})
    parent_id = QueryWhole(
        metadata={"description": "The direct children of this category."}
    )
    counts = QueryFlag(
        load_default=False,
        metadata={"description": "Count the products of each category."},
    )
    sort = sort("id", "name", "created_at", default="id")
