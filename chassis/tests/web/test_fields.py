"""Fields accept exactly the documented formats."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from marshmallow import ValidationError, validate

from chassis.web import fields


def refused(field, value):
    with pytest.raises(ValidationError) as wrong:
        field.deserialize(value)
    return wrong.value.messages


NO_TEXT = {
    "nothing": "",
    "spaces alone": "   ",
    "one too long": "a" * 11,
    "a megabyte": "a" * (1 << 20),
    "a NUL": "a\x00b",
    "a line end": "a\r\nb",
    "a tab": "a\tb",
    "an escape": "a\x1b[31m",
    "a C1 control": "a\x85b",
    "a bidi override": "a\u202eb",
    "an isolate": "a\u2066b",
    "a zero-width space": "a\u200bb",
    "a byte order mark": "\ufeffab",
    "a number": 5,
    "a list": ["a"],
    "an object": {"a": 1},
    "true": True,
    "null": None,
}


@pytest.mark.parametrize("value", NO_TEXT.values(), ids=NO_TEXT.keys())
def test_text_refuses(value):
    assert refused(fields.Text(most=10), value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("  a b  ", "a b"),
        ("a" * 10, "a" * 10),
        ("e\u0301", "\u00e9"),
        ("नमस्ते", "नमस्ते"),
        ("<script>", "<script>"),
    ],
)
def test_text_is_trimmed_and_normalised(value, kept):
    assert fields.Text(most=10).deserialize(value) == kept


def test_text_of_several_lines_is_taken_when_it_is_said():
    many = fields.Text(most=10, lines=True)

    assert many.deserialize("a\n\tb") == "a\n\tb"
    assert refused(many, "a\x00b")
    assert refused(many, "a\u202eb")


def test_a_text_of_lines_from_a_form_has_newlines():
    many = fields.Text(most=4, lines=True)

    assert many.deserialize("a\r\nb\rc".replace("c", "")) == "a\nb"
    assert many.deserialize("a\r\n\r\nb") == "a\n\nb"


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\u2029"]
)
def test_a_text_of_one_line_has_no_line_break(end):
    field = fields.Text(most=10)

    assert refused(field, f"a{end}b") == ["Line breaks are not allowed."]
    assert refused(field, f"a{end}") == ["Line breaks are not allowed."]


@pytest.mark.parametrize("value", ["", " ", "\u00a0 ", "\u3000"])
def test_a_blank_text_is_what_a_form_leaves_unfilled(value):
    assert fields.Text(most=10, allow_none=True).deserialize(value) is None
    assert fields.Text(most=10, load_default=None).deserialize(value) is None
    assert fields.Text(most=10, load_default="").deserialize(value) == ""
    assert (
        fields.Text(most=10, lines=True, allow_none=True).deserialize(f"\r\n{value}")
        is None
    )
    assert refused(fields.Text(most=10, required=True), value) == ["Must not be blank."]
    assert refused(fields.Text(most=10), value) == ["Must not be blank."]


def test_a_blank_text_has_the_length_of_its_field():
    optional = fields.Text(most=3, allow_none=True, load_default=None)

    assert optional.deserialize(" " * 3) is None
    assert refused(optional, " " * 4) == ["Must not be blank."]


@pytest.mark.parametrize("value", ["\u3164", "\u2800", "\u00ad", "\u200b", "\u2029"])
def test_a_text_that_only_looks_blank_is_refused(value):
    assert refused(fields.Text(most=10, allow_none=True), value)
    assert refused(fields.Text(most=10, required=True), value)


def test_a_text_within_its_length_is_not_too_long_in_nfc():
    assert fields.Text(most=6).deserialize("\u0958" * 6) == "\u0958" * 6


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", "1", "on", "", [], None])
def test_a_flag_is_a_boolean_of_json(value):
    assert refused(fields.Flag(), value)
    assert fields.Flag().deserialize(True) is True
    assert fields.Flag().deserialize(False) is False


class Costly(fields.Whole):
    def _deserialize(self, *_, **__):
        pytest.fail("an item was read")


def test_no_item_of_a_longer_list_is_read():
    field = fields.Items(Costly(), least=1, most=2)

    assert refused(field, [1, 2, 3]) == ["Length must be between 1 and 2."]
    assert refused(field, [])
    assert refused(fields.QueryList(Costly(), most=2), ["1,2", "3"])


@pytest.mark.parametrize("value", [{"a": 1}, {}, "ab", 5, True, None])
def test_a_list_is_an_array_of_json(value):
    assert refused(fields.Items(fields.Text(most=5), most=9), value)


def test_text_takes_more_rules():
    field = fields.Text(most=10, validate=validate.Regexp("[a-z]+$"))

    assert field.deserialize("abc") == "abc"
    assert refused(field, "ABC")
    assert refused(field, "")
    assert refused(fields.Text(most=10, least=3), "ab")


NO_WHOLE = {
    "nought": 0,
    "minus one": -1,
    "minus 2^31": -(2**31),
    "one too many": 101,
    "2^63": 2**63,
    "4,000 digits": 10**4000,
    "a fraction": 1.9,
    "a whole float": 1.0,
    "a string": "5",
    "spaces": " 7 ",
    "an underscore": "1_000",
    "other digits": "١٢",
    "true": True,
    "a list": [1],
    "null": None,
}


@pytest.mark.parametrize("value", NO_WHOLE.values(), ids=NO_WHOLE.keys())
def test_a_whole_number_refuses(value):
    assert refused(fields.Whole(1, 100), value)


def test_a_whole_number_reaches_its_bounds():
    assert fields.Whole(1, 100).deserialize(1) == 1
    assert fields.Whole(1, 100).deserialize(100) == 100
    assert fields.Whole().deserialize(2**63 - 1) == 2**63 - 1


NO_MONEY = {
    "a number": 5,
    "a fraction": 4.5,
    "three places": "9.999",
    "an exponent": "1e999999",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus nought": "-0",
    "negative": "-1.00",
    "a plus": "+1",
    "a comma": "1,000.00",
    "a bare dot": "1.",
    "no whole part": ".50",
    "spaces": " 1 ",
    "a line end": "1.00\n",
    "an underscore": "1_000",
    "other digits": "١٢",
    "above the most": "100000000.00",
    "thousands of digits": "9" * 5000,
    "nothing": "",
    "true": True,
    "a list": ["1"],
    "null": None,
}


@pytest.mark.parametrize("value", NO_MONEY.values(), ids=NO_MONEY.keys())
def test_money_refuses(value):
    assert refused(fields.Money(), value)


@pytest.mark.parametrize("value", ["0", "4.5", "4.50", "007", "99999999.99"])
def test_money_is_a_decimal_of_two_places(value):
    found = fields.Money().deserialize(value)

    assert found == Decimal(value)
    assert found.as_tuple().exponent == -2


def test_money_keeps_its_bounds():
    field = fields.Money(least="1.00", most="10.00")

    assert refused(field, "0.99") == ["Must be between 1.00 and 10.00."]
    assert refused(field, "10.01")
    assert field.deserialize("10") == Decimal(10)


NO_MOMENT = {
    "no zone": "2026-11-25T09:30:00",
    "a day": "2026-11-25",
    "year nought": "0000-01-01T00:00:00Z",
    "a leap second after the last year": "9999-12-31T23:59:60Z",
    "no such day": "2026-02-30T00:00:00Z",
    "before time in UTC": "0001-01-01T00:00:00+10:00",
    "a far zone": "2026-11-25T09:30:00+99:00",
    "a number": 1e18,
    "seconds": "1764062400",
    "a week": "2026-W48-3T09:30:00Z",
    "other digits": "٢٠٢٦-11-25T09:30:00Z",
    "nothing": "",
    "null": None,
}


@pytest.mark.parametrize("value", NO_MOMENT.values(), ids=NO_MOMENT.keys())
def test_a_moment_refuses(value):
    assert refused(fields.Moment(), value)


def test_a_moment_is_read_in_utc_and_written_with_z():
    found = fields.Moment().deserialize("2026-11-25T15:00:00.5+05:30")

    assert found == datetime(2026, 11, 25, 9, 30, 0, 500000, tzinfo=UTC)
    assert fields.Moment().serialize("at", {"at": found}) == (
        "2026-11-25T09:30:00.500000Z"
    )
    assert fields.Moment().serialize("at", {"at": None}) is None


@pytest.mark.parametrize("zone", ["Z", "z", "+00:00"])
@pytest.mark.parametrize("fraction", ["", ".0", ".0000000", ".000000001"])
def test_a_moment_of_any_precision_is_read(fraction, zone):
    found = fields.Moment().deserialize(f"2026-11-25T09:30:00{fraction}{zone}")

    assert found == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "0", "01", "007", "-1", "+1", "1e3", "abc", " 7", "1_0", "\u0661", "9" * 5000],
)
def test_a_whole_number_in_a_query_refuses(value):
    assert refused(fields.QueryWhole(1, 100), value)


@pytest.mark.parametrize("value", ["", "1", "True", "yes", ["true"]])
def test_a_flag_in_a_query_refuses(value):
    assert refused(fields.QueryFlag(), value)


def test_a_flag_in_a_query_is_true_or_false():
    assert fields.QueryFlag().deserialize("true") is True
    assert fields.QueryFlag().deserialize("false") is False


def test_a_list_in_a_query_is_repeated_or_parted_by_commas():
    field = fields.QueryList(fields.QueryWhole())

    assert field.deserialize(["1,2", "3"]) == [1, 2, 3]
    assert refused(field, ["1,,2"])
    assert refused(field, ["1,x"])


class OrderSchema(fields.Schema):
    quantity = fields.Whole(1, 100, required=True)


@pytest.mark.parametrize(
    "body", [{}, {"quantity": 1, "total": "1.00"}, [], None, "a", 5]
)
def test_a_schema_refuses_what_it_does_not_declare(body):
    with pytest.raises(ValidationError):
        OrderSchema().load(body)
