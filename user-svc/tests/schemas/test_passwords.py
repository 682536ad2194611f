"""The JSON of password changes, resets and the verification of an address."""

from typing import Any

import pytest

from user_svc.schemas import (
    AddressConfirmSchema,
    PasswordChangeSchema,
    ResetConfirmSchema,
    ResetSchema,
)

NEW = "and-home-by-the-river"


@pytest.mark.parametrize(
    ("schema", "body", "wrong"),
    [
        (PasswordChangeSchema, {}, ["current_password", "new_password"]),
        (ResetSchema, {}, ["email"]),
        (ResetConfirmSchema, {}, ["new_password", "token"]),
        (AddressConfirmSchema, {}, ["token"]),
        (
            ResetConfirmSchema,
            {"token": "t", "new_password": "7 chars"},
            ["new_password"],
        ),
        (ResetConfirmSchema, {"token": "", "new_password": NEW}, ["token"]),
        (AddressConfirmSchema, {"token": "x" * 201}, ["token"]),
        (AddressConfirmSchema, {"token": "x", "more": "x"}, ["more"]),
    ],
)
def test_a_wrong_or_missing_field_is_named(
    schema: Any, body: dict[str, str], wrong: list[str]
) -> None:
    assert sorted(schema().validate(body)) == wrong


def test_the_current_password_may_be_shorter_than_a_new_one() -> None:
    change = PasswordChangeSchema()

    assert change.validate({"current_password": "x", "new_password": NEW}) == {}
    refused = change.validate({"current_password": NEW, "new_password": "x"})
    assert list(refused) == ["new_password"]


def test_a_token_of_200_characters_is_loaded_as_it_is() -> None:
    body = {"token": "x" * 200}

    assert AddressConfirmSchema().load(body) == body


def test_tokens_and_passwords_are_never_part_of_a_response() -> None:
    body = {"token": "x", "new_password": NEW}

    assert ResetConfirmSchema().dump(body) == {}
