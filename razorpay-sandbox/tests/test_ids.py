"""Identifiers in Razorpay's format."""

import re

import pytest

from razorpay_sandbox.ids import digits, is_id, new_code, new_id


def test_an_id_is_its_prefix_and_fourteen_letters_and_digits():
    assert re.fullmatch(r"plink_[A-Za-z0-9]{14}", new_id("plink"))
    assert re.fullmatch(r"[A-Za-z0-9]{14}", new_id())


def test_the_code_of_a_short_url_is_eight_letters_and_digits():
    assert re.fullmatch(r"[A-Za-z0-9]{8}", new_code())


def test_no_two_ids_are_the_same():
    assert len({new_id("pay") for _ in range(1000)}) == 1000


def test_an_own_id_is_well_formed():
    assert is_id("pay", new_id("pay"))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "pay_",
        "pay_AAAAAAAAAAAAA",
        "pay_AAAAAAAAAAAAAAA",
        "pay_AAAAAAAAAAAAA\n",
        "pay_AAAAAAAAAAAAAA\n",
        "pay_AAAAAAAAAAAAA\u00e9",
        "rfnd_AAAAAAAAAAAAAA",
        "x pay_AAAAAAAAAAAAAA",
    ],
)
def test_any_other_value_is_malformed(value):
    assert not is_id("pay", value)


@pytest.mark.parametrize("count", [1, 2, 12])
def test_digits_have_their_length_and_do_not_begin_with_zero(count):
    for _ in range(100):
        assert re.fullmatch(rf"[1-9][0-9]{{{count - 1}}}", digits(count))
