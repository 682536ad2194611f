"""Validation and comparison of e-mail addresses."""

import re

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


def test_a_local_part_outside_of_ascii_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="before the @-sign"):
        email_addresses.normalized("आशा@shop.example")
    assert email_addresses.key("आशा@shop.example") == "आशा@shop.example"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("a1@डाटामेल.भारत", "a1@xn--c2bd4bq1db8d.xn--h2brj9c"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@shop.example", "a@shop.example"),
        ("आशा@डाटामेल.भारत", "आशा@xn--c2bd4bq1db8d.xn--h2brj9c"),
    ],
)
def test_a_mail_server_gets_the_domain_in_ascii(address: str, sent: str) -> None:
    assert email_addresses.sendable(address) == sent


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("asha@shop.example", True),
        (" a.b--c+d@shop.example ", True),
        ("a@test.com", True),
        ("a@xn--c2bd4bq1db8d.com", True),
        ("a1@डाटामेल.भारत", True),
        ("x" * 200 + "@shop.example", True),
        ("a@mail.test", False),
        ("a@mail.TEST", False),
        ("a@9.in-addr.arpa", False),
        ("a@deleted.invalid", False),
        ("a@ab--cd.com", False),
        ("a..b@shop.example", False),
        (".a@shop.example", False),
        ("आशा@shop.example", False),
    ],
)
def test_the_pattern_for_clients_accepts_what_is_accepted(
    text: str, fits: bool
) -> None:
    assert (re.search(email_addresses.PATTERN, text) is not None) is fits
    try:
        email_addresses.normalized(text.strip())
    except ValueError:
        assert not fits
    else:
        assert fits
