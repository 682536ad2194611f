import pytest
import requests

LINKS = "/v1/payment_links"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic !!!",
        "Bearer x",
        "basic {}",
        "BASIC {}",
        "Basic cnpwX3Rlc3Q6eA==",
    ],
)
def test_a_request_without_a_valid_key_is_rejected(api, served, header):
    plain = requests.Request("GET", served.url, auth=api.auth).prepare()
    right = plain.headers["Authorization"].removeprefix("Basic ")
    headers = {"Authorization": header.format(right)} if header else {}

    answer = requests.get(served.url + LINKS, headers=headers, timeout=5)

    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "code": "BAD_REQUEST_ERROR",
            "description": "Authentication failed",
        }
    }
