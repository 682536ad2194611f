"""Validation and comparison of e-mail addresses."""

import pytest

from user_svc import email_addresses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Asha@Shop.Example", "asha@shop.example"),
        ("a@XN--EXMPLE-CUA.com", "a@exämple.com"),
        ("ÉA@shop.example", "e\u0301a@shop.example"),
        (" a@shop.example ", "a@shop.example"),
    ],
)
def test_two_spellings_of_one_address_share_a_key(one: str, other: str) -> None:
    assert email_addresses.key(one) == email_addresses.key(other) != ""


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a@@b.example", "a b@c.example", "x" * 300 + "@b.example"]
)
def test_an_invalid_address_has_no_key(text: str) -> None:
    assert email_addresses.key(text) == ""
    with pytest.raises(ValueError, match=r"[a-z]"):
        email_addresses.normalized(text)
