"""Categories in and out."""

from chassis.web.fields import ListQuery, Moment, QueryWhole, Schema, Text, Whole, sort


class CategorySchema(Schema):
    """A category."""

    id = Whole(dump_only=True)
    name = Text(most=100, required=True, metadata={"example": "Kitchen"})
    description = Text(
        most=5000, least=0, lines=True, allow_none=True, load_default=None
    )
    parent_id = Whole(allow_none=True, load_default=None)
    created_at = Moment(dump_only=True)
    updated_at = Moment(dump_only=True)


class CategoryPatchSchema(CategorySchema):
    """The part of a category that is to change."""


class CategoryQuerySchema(ListQuery):
    """Filters and order of the categories."""

    name = Text(most=100, metadata={"description": "The name contains this."})
    parent_id = QueryWhole(metadata={"description": "Those right below this one."})
    sort = sort("id", "name", "created_at", default="id")
