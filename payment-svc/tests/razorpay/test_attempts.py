"""Attempts are read leniently: no missing field hides a capture."""

from dataclasses import fields

import pytest

from payment_svc.razorpay.attempts import NO_DETAILS, ProviderAttempt, read_attempt

FAILED = {
    "method": "netbanking",
    "bank": "HDFC",
    "wallet": None,
    "vpa": None,
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "Payment failed",
    "error_source": "bank",
    "error_step": "payment_authorization",
    "error_reason": "payment_failed",
}


def test_a_failed_attempt_is_read_with_its_error():
    assert read_attempt(FAILED) == ProviderAttempt(
        method="netbanking",
        bank="HDFC",
        error_code="BAD_REQUEST_ERROR",
        error_reason="payment_failed",
        error_step="payment_authorization",
        error_source="bank",
        error_description="Payment failed",
    )


@pytest.mark.parametrize(
    ("vpa", "handle"),
    [
        ("asha.rao@okhdfcbank", "okhdfcbank"),
        ("a@b@ybl", "ybl"),
        ("asha", None),
        ("asha@", None),
        ("", None),
        (7, None),
    ],
)
def test_of_a_upi_address_only_the_handle_is_kept(vpa, handle):
    assert read_attempt({"vpa": vpa}).vpa_handle == handle


@pytest.mark.parametrize("value", [None, 7, True, [], {}, "", "a\x00b", "\ud800"])
def test_a_field_of_another_shape_counts_as_missing(value):
    keys = [*FAILED, "vpa"]

    assert read_attempt(dict.fromkeys(keys, value)) == NO_DETAILS


def test_long_texts_are_cut_to_what_the_columns_hold():
    long = read_attempt(dict.fromkeys(FAILED, "x" * 999))

    lengths = {
        field.name: len(getattr(long, field.name) or "") for field in fields(long)
    }
    assert (lengths["method"], lengths["error_description"]) == (40, 255)
    assert lengths["error_reason"] == lengths["bank"] == 80
