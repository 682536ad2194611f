import pytest

PATHS = ("/v1/payment_links", "/v1/orders", "/v1/payments", "/v1/refunds")


@pytest.mark.parametrize("name", ["count", "skip", "from", "to"])
@pytest.mark.parametrize("value", ["-1", "x", "9" * 30, "1.5", "\u0661", "\x00"])
def test_an_invalid_list_parameter_is_rejected(api, served, name, value):
    for path in PATHS:
        answer = api.get(served.url + path, params={name: value})
        assert answer.status_code == 400
