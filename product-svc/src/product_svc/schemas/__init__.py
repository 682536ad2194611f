"""The JSON in and out."""

from product_svc.schemas.categories import (
    CategoryPatchSchema,
    CategoryQuerySchema,
    CategorySchema,
)
from product_svc.schemas.products import (
    CategoryReferenceSchema,
    ProductCreateSchema,
    ProductFilterSchema,
    ProductPatchSchema,
    ProductPutSchema,
    ProductQuerySchema,
    ProductSchema,
)
from product_svc.schemas.reservations import (
    ProlongSchema,
    ReleaseQuerySchema,
    ReservationItemSchema,
    ReservationSchema,
    ReserveSchema,
    RestockSchema,
)
from product_svc.schemas.searches import (
    FacetsSchema,
    SuggestionsSchema,
    SuggestQuerySchema,
)
from product_svc.schemas.stock import (
    AdjustmentSchema,
    AvailabilityItemSchema,
    AvailabilitySchema,
    LineSchema,
    LinesSchema,
    PriceChangeSchema,
    StockMovementSchema,
)

__all__ = [
    "AdjustmentSchema",
    "AvailabilityItemSchema",
    "AvailabilitySchema",
    "CategoryPatchSchema",
    "CategoryQuerySchema",
    "CategoryReferenceSchema",
    "CategorySchema",
    "FacetsSchema",
    "LineSchema",
    "LinesSchema",
    "PriceChangeSchema",
    "ProductCreateSchema",
    "ProductFilterSchema",
    "ProductPatchSchema",
    "ProductPutSchema",
    "ProductQuerySchema",
    "ProductSchema",
    "ProlongSchema",
    "ReleaseQuerySchema",
    "ReservationItemSchema",
    "ReservationSchema",
    "ReserveSchema",
    "RestockSchema",
    "StockMovementSchema",
    "SuggestQuerySchema",
    "SuggestionsSchema",
]
