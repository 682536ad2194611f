"""Filters for the column types that Flask-Admin does not know."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_admin.contrib.sqla import filters
from flask_admin.model.filters import BaseFilter, convert

from chassis.web import moments

_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")


def amount(text: str) -> Decimal:
    """Return an amount of at most two places, or raise ValueError."""
    if not _AMOUNT.fullmatch(text.strip()):
        raise ValueError("Not an amount, such as 499.00.")
    return Decimal(text)


class _Amount(BaseFilter):
    def clean(self, value: str) -> Any:
        return amount(value)


class _Moment(BaseFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "data_type": "datetimepicker"})

    def clean(self, value: str) -> Any:
        try:
            return moments.read(value)
        except ValueError:  # the calendar's form, which has no zone
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=found.tzinfo or UTC)


class AmountEqual(_Amount, filters.FilterEqual):
    """Amount is."""


class AmountGreater(_Amount, filters.FilterGreater):
    """Amount is more than."""


class AmountSmaller(_Amount, filters.FilterSmaller):
    """Amount is less than."""


class MomentAfter(_Moment, filters.FilterGreater):
    """Moment, in UTC, is after."""


class MomentBefore(_Moment, filters.FilterSmaller):
    """Moment, in UTC, is before."""


class Converter(filters.FilterConverter):
    """Flask-Admin's choice of filters by column type, and ours."""

    @convert("money")
    def conv_money(self, column: Any, name: str, **kwargs: Any) -> list[BaseFilter]:
        """Return the filters of an amount."""
        kinds = (AmountEqual, AmountGreater, AmountSmaller)
        return [kind(column, name, **kwargs) for kind in kinds]

    @convert("utcdatetime")
    def conv_moment(self, column: Any, name: str, **kwargs: Any) -> list[BaseFilter]:
        """Return the filters of a moment."""
        kinds = (MomentAfter, MomentBefore)
        return [kind(column, name, **kwargs) for kind in kinds]
