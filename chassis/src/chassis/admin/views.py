"""The base of every view of the panel: read-only unless a subclass allows changes.

A service's `admin.py`:

    class ProductView(ModelView):
        can_edit = True
        form_columns = ("name", "description", "price")

        def on_edit(self, row, data):
            return ProductManager(db.session).change(row, data)

        @action("retire", "Take off sale", "Take these products off sale?")
        def retire(self, ids):
            self.each(ids, "retire", ProductManager(db.session).retire)
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash
from flask_admin.contrib import sqla
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model import typefmt
from flask_admin.model.form import converts
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, LargeBinary, String, Text, inspect
from wtforms import DecimalField

from chassis import sorting
from chassis.admin import staff, trail
from chassis.admin.filters import Converter, amount
from chassis.db import MAX_ID
from chassis.errors import Unprocessable

BLANK = ("", "__None")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _moment(_view: Any, value: datetime, _name: str = "") -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


def _amount(_view: Any, value: Decimal, _name: str = "") -> str:
    return f"{value:.2f}"


class AmountField(DecimalField):
    """An amount of money; WTForms alone would accept 1.005, NaN and 1e999999, too."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the submitted amount."""
        super().process_formdata([str(amount(text)) for text in valuelist])


class Forms(AdminModelConverter):
    """The form fields by column type: Flask-Admin's and those of our types."""

    @converts("Money")
    def conv_money(self, field_args: dict[str, Any], **_: Any) -> AmountField:
        """Return the field of an amount."""
        return AmountField(places=2, **field_args)


FORMATTERS = {**typefmt.BASE_FORMATTERS, datetime: _moment, Decimal: _amount}
EXPORTED = {**typefmt.EXPORT_FORMATTERS, datetime: _moment, Decimal: _amount}


def _is_id(text: str) -> bool:
    is_number = text.isascii() and text.isdigit() and not text.startswith("0")
    return is_number and int(text[:20]) <= MAX_ID


def _act(work: Callable[[Any], Any], row: Any) -> Any:
    """Do the work; return its result, or the row that it changed."""
    return work(row) or row


class ModelView(sqla.ModelView):
    """A table's pages: list, search, filters, details and export."""

    can_create = can_edit = can_delete = False
    can_view_details = can_export = True
    column_display_pk = True
    named_filter_urls = True
    page_size = 50
    export_max_rows = 10_000
    hidden: tuple[str, ...] = ()
    more_filters: tuple[Any, ...] = ()
    unsorted: tuple[str, ...] = ()  # names that have no sort key
    writers: tuple[str, ...] = ("staff",)
    filter_converter = Converter()
    model_form_converter = Forms
    column_type_formatters = FORMATTERS
    column_type_formatters_export = EXPORTED
    column_type_formatters_detail = FORMATTERS

    def __init__(self, table: Any, db: SQLAlchemy, **options: Any) -> None:
        columns = self._columns(table)
        names = list(columns)
        texts = [n for n, kind in columns.items() if isinstance(kind, String)]
        odd = (JSON, LargeBinary, Text)
        plain = [n for n, kind in columns.items() if not isinstance(kind, odd)]
        defaults = {
            "column_list": plain,
            "column_details_list": names,
            "column_export_list": names,
            "column_searchable_list": texts,
            "column_filters": [*plain, *self.more_filters],
            "column_default_sort": (inspect(table).primary_key[0].key, True),
        }
        for name, default in defaults.items():
            setattr(self, name, getattr(self, name) or default)
        super().__init__(table, db, **options)

    def _columns(self, table: Any) -> dict[str, Any]:
        return {
            attribute.key: column.type
            for attribute in inspect(table).column_attrs
            for column in attribute.columns[:1]
            if attribute.key not in self.hidden and "derived" not in column.info
        }

    def matching(self, text: str) -> Any:
        """Return the condition of a search; None searches the columns' texts."""
        return None

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> Any:
        condition = self.matching(search)
        if condition is None:
            return super()._apply_search(query, count_query, joins, count_joins, search)
        if count_query is not None:
            count_query = count_query.filter(condition)
        return query.filter(condition), count_query, joins, count_joins

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        """Return the columns that sort the list."""
        found = super().scaffold_sortable_columns()
        return {n: column for n, column in found.items() if n not in self.unsorted}

    def _order_by(
        self, query: Any, joins: Any, sort_joins: Any, sort_field: Any, sort_desc: bool
    ) -> Any:
        """Sort texts as the API does; rows with the same text by their key."""
        if sort_joins or not isinstance(sort_field.type, String):
            return super()._order_by(query, joins, sort_joins, sort_field, sort_desc)
        text, keys = sorting.order_of(sort_field), inspect(self.model).primary_key
        if sort_desc:
            order = [text.desc().nulls_last(), *(key.desc() for key in keys)]
        else:
            order = [text.nulls_first(), *keys]
        return query.order_by(*order), joins

    def is_accessible(self) -> bool:
        """Allow staff only, as the guard does before."""
        return staff.current() is not None

    def is_action_allowed(self, name: str) -> bool:
        """Return whether the user may run the action."""
        who = staff.current()
        allowed = who is not None and who.may(self.writers)
        return allowed and (name != "delete" or self.can_delete)

    def on_create(self, data: dict[str, Any]) -> Any:
        """Create a row from the form's data through a manager, and return the row."""
        raise AssertionError("A view that allows this must define it.")

    def on_edit(self, row: Any, data: dict[str, Any]) -> Any:
        """Change a row by the form's data through a manager, and return the row."""
        raise AssertionError("A view that allows this must define it.")

    def on_delete(self, row: Any) -> None:
        """Delete a row through a manager."""
        raise AssertionError("A view that allows this must define it.")

    def create_model(self, form: Any) -> Any:
        """Create a row; flash an error."""
        return (
            self._apply("create", lambda: self.on_create(self._data(form)), None)
            or False
        )

    def update_model(self, form: Any, model: Any) -> bool:
        """Change a row; flash an error."""
        return bool(
            self._apply("edit", lambda: self.on_edit(model, self._data(form)), model)
        )

    def delete_model(self, model: Any) -> bool:
        """Delete a row; flash an error."""
        return bool(self._apply("delete", lambda: self.on_delete(model), model))

    def each(self, ids: Sequence[str], name: str, work: Callable[[Any], Any]) -> None:
        """Run an action on each selected row, each in a transaction of its own."""
        done = 0
        for key in ids:
            row = self.get_one(key)
            if row is not None:
                done += bool(self._apply(name, partial(_act, work, row), row))
        flash(f"{name.capitalize()}: done for {done} of {len(ids)}.", "info")

    def get_one(self, id: str) -> Any:
        """Return a row by its key; None for a malformed key."""
        key = inspect(self.model).primary_key
        is_number = isinstance(key[0].type, BigInteger)
        parts = id.split(",")
        if len(parts) != len(key) or (is_number and not all(map(_is_id, parts))):
            return None
        return super().get_one(id)

    def get_export_value(self, model: Any, name: Any) -> Any:
        """Return a cell of the CSV; a spreadsheet must not run it as a formula."""
        value = super().get_export_value(model, name)
        is_formula = isinstance(value, str) and value.startswith(FORMULA)
        return f"'{value}" if is_formula else value

    def _data(self, form: Any) -> dict[str, Any]:
        """Return the form's data; refuse an unknown choice.

        WTForms reads an unknown choice as none, which would empty the column.
        """
        fields = {name: form[name] for name in self.form_columns or ()}
        for name, field in fields.items():
            typed = [text for text in field.raw_data or () if text not in BLANK]
            if field.data is None and typed:
                raise Unprocessable("", errors={name: ["This choice does not exist."]})
        return {name: field.data for name, field in fields.items()}

    def _apply(self, name: str, work: Callable[[], Any], row: Any) -> Any:
        return trail.apply(name, work, row, self.writers)
