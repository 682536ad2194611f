"""Golden vectors, made with Razorpay's own client."""

import json
from pathlib import Path

import pytest

from payment_svc.razorpay.signatures import Callback, is_signed, sign

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text())
KEY, HOOK = GOLDEN["key_secret"], GOLDEN["webhook_secret"]


def _callback(vector, **changed):
    known = {
        "link_id": vector["payment_link_id"],
        "reference_id": vector["reference_id"],
        "status": vector["status"],
        "payment_id": vector["payment_id"],
    }
    return Callback(**{**known, **changed})


@pytest.mark.parametrize("vector", GOLDEN["payment_link"], ids=lambda v: v["case"])
def test_a_callback_is_signed_as_razorpay_signs_it(vector):
    assert sign(_callback(vector).message(), KEY) == vector["signature"]
    assert is_signed(_callback(vector).message(), vector["signature"], KEY)


@pytest.mark.parametrize("field", ["link_id", "reference_id", "status", "payment_id"])
@pytest.mark.parametrize("vector", GOLDEN["payment_link"], ids=lambda v: v["case"])
def test_a_callback_with_one_field_changed_is_not_signed(vector, field):
    forged = _callback(vector, **{field: "other"})

    assert not is_signed(forged.message(), vector["signature"], KEY)


@pytest.mark.parametrize("vector", GOLDEN["webhook"], ids=lambda v: v["case"])
def test_a_webhook_is_signed_over_its_bytes(vector):
    body = vector["body"].encode()

    assert is_signed(body, vector["signature"], HOOK)
    assert is_signed(body, vector["signature"], "another secret of old", HOOK)
    assert not is_signed(body + b" ", vector["signature"], HOOK)
    assert not is_signed(body, vector["signature"], KEY)


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda s: s + " ", lambda s: s[:-1], lambda s: "é" * 64, lambda s: ""],
    ids=["upper case", "trailing space", "too short", "not ASCII", "empty"],
)
def test_a_signature_of_another_form_is_no_signature(change):
    vector = GOLDEN["webhook"][0]
    body = vector["body"].encode()

    assert not is_signed(body, change(vector["signature"]), HOOK)


def test_an_empty_secret_signs_nothing():
    assert not is_signed(b"{}", sign(b"{}", ""), "")
