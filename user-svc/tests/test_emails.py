"""What an e-mail address is, and when two are the same."""

import pytest

from user_svc import emails


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
    assert emails.key(one) == emails.key(other) != ""


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a@@b.example", "a b@c.example", "x" * 300 + "@b.example"]
)
def test_what_is_no_address_is_nobody_s(text: str) -> None:
    assert emails.key(text) == ""
    with pytest.raises(ValueError, match=r"[a-z]"):
        emails.normal(text)
