import json
from pathlib import Path

import pytest

from razorpay_sandbox.signatures import sign, sign_callback

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
FULL = VECTORS["webhook_full_bodies"]


@pytest.mark.parametrize("vector", VECTORS["payment_link"], ids=lambda v: v["case"])
def test_a_callback_is_signed_as_razorpay_signs_it(vector):
    signature = sign_callback(
        vector["payment_link_id"],
        vector["reference_id"],
        vector["status"],
        vector["payment_id"],
        VECTORS["key_secret"],
    )

    assert signature == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["webhook"], ids=lambda v: v["case"])
def test_a_webhook_is_signed_over_its_exact_bytes(vector):
    body = vector["body"].encode()

    assert len(body) == vector["body_len_bytes"]
    assert sign(body, VECTORS["webhook_secret"]) == vector["signature"]
    assert sign(body, VECTORS["key_secret"]) != vector["signature"]


@pytest.mark.parametrize("name", FULL)
def test_a_full_event_is_signed_over_its_exact_bytes(name):
    body = FULL[name]["body"].encode()

    assert sign(body, VECTORS["webhook_secret"]) == FULL[name]["signature"]
