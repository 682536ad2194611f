"""The rules for new passwords, and the check of a password."""

import pytest

from user_svc import passwords


def test_the_list_of_common_passwords_is_long_enough() -> None:
    found = passwords.common()

    assert len(found) >= 3000
    assert all(8 <= len(one) <= 128 and one == one.casefold() for one in found)
    assert {"password", "12345678", "trustno1"} <= found


@pytest.mark.parametrize(
    ("password", "name", "email", "is_good"),
    [
        ("a-long-walk", "Al", "al@shop.example", True),
        ("al-long-walk", "Al", "al@shop.example", True),
        ("walk-with-asha", "Asha Rao", "x@shop.example", False),
        ("WALK-WITH-ASHA", "asha rao", "x@shop.example", False),
        ("walk-with-rao", "Asha Rao", "x@shop.example", True),
        ("lilirao-and-me", "Lili Rao", "x@shop.example", False),
        ("hi-river@shop.example", "x", "River@shop.example", False),
        ("down-by-the-river", "x", "river@shop.example", False),
        ("straße-und-wald", "x", "strasse@shop.example", False),
    ],
)
def test_a_password_must_not_contain_the_name_or_the_address(
    password: str, name: str, email: str, is_good: bool
) -> None:
    assert (passwords.problems(password, name, email) == []) is is_good


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    assert not passwords.is_outdated(passwords.DUMMY)
    assert not passwords.matches(None, "x")


def test_a_broken_hash_matches_nothing() -> None:
    assert not passwords.matches("$argon2id$broken", "x")
    assert not passwords.matches("", "x")


def test_a_longer_password_is_never_right() -> None:
    kept = passwords.make_hash("x" * 128)

    assert passwords.matches(kept, "x" * 128)
    assert not passwords.matches(kept, "x" * 129)
    assert not passwords.matches(kept, "x" * 1_000_000)


COMPOSED, DECOMPOSED = "caf\u00e9-au-lait", "cafe\u0301-au-lait"


def test_a_password_is_right_however_its_letters_are_written() -> None:
    kept = passwords.make_hash(COMPOSED)

    assert kept != passwords.make_hash(DECOMPOSED)  # each has a salt
    for made in (kept, passwords.make_hash(DECOMPOSED)):
        assert passwords.matches(made, COMPOSED)
        assert passwords.matches(made, DECOMPOSED)
        assert not passwords.is_outdated(made, DECOMPOSED)
    assert not passwords.matches(kept, "cafe-au-lait")


def test_an_older_hash_is_tried_as_typed_and_replaced() -> None:
    older = passwords._hasher.hash(DECOMPOSED)

    assert passwords.matches(older, DECOMPOSED)
    assert passwords.is_outdated(older, DECOMPOSED)
    assert not passwords.matches(older, COMPOSED)


def test_a_password_is_counted_in_composed_letters() -> None:
    assert passwords.problems("e\u0301" * 7) != []
    assert passwords.problems("e\u0301" * 128) == []
    assert passwords.problems("\u0958" * 128) == []  # longer when it is composed
    assert passwords.problems("x" * 129) != []
