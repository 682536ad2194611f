"""Texts of Razorpay are stored in a column and shown in a terminal."""

import pytest

from payment_svc.managers.differences import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("processed, 5.00", "processed, 5.00"), ("a\x00b\nc\x1b", "a b c "), ("", "")],
)
def test_a_text_is_printable(text, shown):
    assert printable(text) == shown


def test_a_long_text_fits_its_column():
    assert len(printable("x" * 300)) == 255
