"""The JSON of suggestions, facets and highlights."""

from marshmallow import fields

from chassis.web.fields import Flag, Money, Schema, Text, Whole


class HighlightSchema(Schema):
    """Texts of a product as escaped HTML, with the matches in `<mark>`."""

    name = fields.String(metadata={"example": "Cast iron <mark>kadai</mark>, 24 cm"})
    description = fields.String(
        allow_none=True,
        metadata={"description": "The part around the first match, when it is long."},
    )


class SuggestQuerySchema(Schema):
    """What a person has typed."""

    q = Text(most=100, required=True, metadata={"example": "kad"})


class SuggestionSchema(Schema):
    """A product or a category."""

    id = Whole()
    name = Text(most=100)


class SuggestionsSchema(Schema):
    """Products and categories, the best first."""

    products = fields.List(fields.Nested(SuggestionSchema))
    categories = fields.List(fields.Nested(SuggestionSchema))


class CategoryCountSchema(Schema):
    """How many matching products are in a category."""

    id = Whole()
    name = Text(most=100)
    count = Whole()


class PriceCountSchema(Schema):
    """How many matching products have a price of this range, ends included."""

    min_price = Money()
    max_price = Money(allow_none=True)
    count = Whole()


class FacetsSchema(Schema):
    """The numbers of matching products."""

    count = Whole(0, metadata={"description": "At most 10,000."})
    is_more = Flag(
        metadata={
            "description": "There are more; the counts are of the first 10,000 by id."
        }
    )
    categories = fields.List(fields.Nested(CategoryCountSchema))
    prices = fields.List(fields.Nested(PriceCountSchema))
    in_stock = Whole(0)
    out_of_stock = Whole(0)
