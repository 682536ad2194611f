"""The description of the token endpoint is what the endpoint reads and returns."""

from typing import Any

from user_svc.api import token, token_openapi


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
