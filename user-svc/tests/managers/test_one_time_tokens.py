"""One-time tokens when two clients act at once."""

from typing import Any

from flask import Flask


def test_of_two_uses_of_a_mailed_token_one_succeeds(
    app: Flask, shop: Any, asha: Any, together: Any
) -> None:
    token = shop.reset_token(asha.email)
    words = ("and-home-by-the-river", "another-long-evening")

    answers = together(2, lambda number: shop.confirm_reset(token, words[number]))

    assert sorted(answer.status_code for answer in answers) == [204, 400]
    winner = words[[answer.status_code for answer in answers].index(204)]
    assert shop.sign_in(asha.email, winner).status_code == 200
