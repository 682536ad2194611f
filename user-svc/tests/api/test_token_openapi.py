"""The description of the token endpoint is what the endpoint reads and returns."""

from typing import Any

import pytest

from devtools.testkit.plugin import SECRET
from user_svc.api import token, token_openapi

CLIENT = {"client_id": "order-svc", "client_secret": f"order-svc-{SECRET}"}
GIVEN = {
    "username": "asha@shop.example",
    "password": "a-long-walk-in-the-rain",
    "refresh_token": "x",
    "audience": "user-svc",
    "scope": "users:read",
}


def test_every_parameter_that_the_endpoint_reads_is_described() -> None:
    assert set(token_openapi.PARAMETERS) == set(token.NAMES)


def test_the_grant_types_are_those_that_the_endpoint_supports() -> None:
    described = token_openapi.PARAMETERS["grant_type"]["enum"]

    assert described == list(token.GRANTS)


def test_the_description_stands_in_the_openapi_document(client: Any) -> None:
    paths = client.get("/swagger.json").json["paths"]
    post = paths["/user/token/"]["post"]

    schema = post["requestBody"]["content"][token_openapi.FORM]["schema"]
    assert schema["required"] == ["grant_type"]
    assert set(schema["properties"]) == set(token_openapi.PARAMETERS)
    content = token_openapi.REFUSAL["content"]["application/json"]
    for status in ("400", "401"):
        described = post["responses"][status]["content"]
        assert described["application/json"] == content


def test_an_error_has_the_two_members_of_the_description(shop: Any) -> None:
    answer = shop.token(grant_type="implicit")

    described = token_openapi.REFUSAL["content"]["application/json"]["schema"]
    assert set(answer.json) == set(described["properties"])
    assert described["required"] == list(described["properties"])


@pytest.mark.parametrize(("grant_type", "names"), list(token_openapi.REQUIRED.items()))
def test_each_grant_requires_the_parameters_of_its_description(
    shop: Any, grant_type: str, names: list[str]
) -> None:
    for name in names:
        others = {other: GIVEN[other] for other in names if other != name}

        answer = shop.token(grant_type=grant_type, **CLIENT, **others, **{name: ""})

        assert answer.status_code == 400
        assert name in answer.json["error_description"]


def test_every_grant_is_described() -> None:
    assert set(token_openapi.REQUIRED) == set(token.GRANTS)
