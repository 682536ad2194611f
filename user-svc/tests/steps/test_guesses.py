"""Who guesses is locked out, and the owner is not."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from user_svc import passwords
from user_svc.extensions import db
from user_svc.models import GuessCount, KnownAddress

PASSWORD, NEW = "a-long-walk-in-the-rain", "and-home-by-the-river"
WRONG = "not-the-password"
STRANGER, HOME, PHONE = "192.0.2.66", "192.0.2.7", "2001:db8::7"


def sign_in(
    shop: Any, email: str, password: str = WRONG, address: str = STRANGER
) -> Any:
    body = {"email": email, "password": password}
    environ = {"REMOTE_ADDR": address}
    return shop.call("POST", "/user/login/", json=body, environ_base=environ)


def guess(shop: Any, email: str, times: int, address: str = STRANGER) -> list[int]:
    return [sign_in(shop, email, WRONG, address).status_code for _ in range(times)]


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a check take no time; only PASSWORD and NEW are right."""

    def matches(stored: str | None, password: str) -> bool:
        return stored is not None and password in (PASSWORD, NEW)

    monkeypatch.setattr(passwords, "matches", matches)


def test_fifteen_wrong_passwords_are_not_checked(shop: Any, asha: Any) -> None:
    assert guess(shop, asha.email, 15) == [401] * 5 + [429] * 10

    refused = sign_in(shop, asha.email, PASSWORD)

    assert (refused.status_code, refused.json["code"]) == (429, "locked_out")
    assert 0 < int(refused.headers["Retry-After"]) <= 30


def test_a_lock_grows_until_it_lasts_a_quarter_of_an_hour(
    shop: Any, asha: Any, hold_clock: Callable[[int], None]
) -> None:
    guess(shop, asha.email, 5)
    waits, passed = [], 0
    for _ in range(7):
        waits.append(int(sign_in(shop, asha.email).headers["Retry-After"]))
        passed += waits[-1]
        hold_clock(passed)
        assert sign_in(shop, asha.email).status_code == 401

    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_an_account_that_does_not_exist_is_locked_in_the_same_way(
    shop: Any, asha: Any
) -> None:
    known = [sign_in(shop, asha.email) for _ in range(7)]
    unknown = [sign_in(shop, "nobody@shop.example", WRONG, HOME) for _ in range(7)]

    def facts(answer: Any) -> Any:
        return {**answer.json, "correlation_id": ""}, set(answer.headers.keys())

    assert [facts(one) for one in known] == [facts(one) for one in unknown]


def test_strangers_cannot_lock_the_owner_out(shop: Any, asha: Any) -> None:
    sign_in(shop, asha.email, PASSWORD, HOME)
    for number in range(8):
        guess(shop, asha.email, 8, f"198.51.100.{number}")

    assert sign_in(shop, asha.email, PASSWORD, STRANGER).status_code == 429
    assert sign_in(shop, asha.email, PASSWORD, HOME).status_code == 200


def test_a_known_address_has_a_limit_of_its_own(shop: Any, asha: Any) -> None:
    sign_in(shop, asha.email, PASSWORD, HOME)

    assert guess(shop, asha.email, 7, HOME) == [401] * 5 + [429] * 2
    assert sign_in(shop, asha.email, PASSWORD, STRANGER).status_code == 200


def test_the_addresses_of_one_network_are_one(shop: Any, asha: Any) -> None:
    sign_in(shop, asha.email, PASSWORD, PHONE)
    guess(shop, asha.email, 9)

    assert sign_in(shop, asha.email, PASSWORD, "2001:db8::aaaa").status_code == 200
    assert sign_in(shop, asha.email, PASSWORD, "2001:db8:0:1::7").status_code == 429


def test_an_address_that_tries_many_accounts_is_locked(shop: Any, asha: Any) -> None:
    codes = [guess(shop, f"p{n}@shop.example", 1)[0] for n in range(52)]

    assert codes == [401] * 50 + [429] * 2
    assert sign_in(shop, asha.email, PASSWORD).status_code == 429
    assert sign_in(shop, asha.email, PASSWORD, HOME).status_code == 200


def test_a_sign_in_takes_back_its_own_attempt_alone(shop: Any, asha: Any) -> None:
    guess(shop, asha.email, 4)
    sign_in(shop, asha.email, PASSWORD, HOME)

    assert guess(shop, asha.email, 2) == [401, 429]


def test_right_passwords_never_lock(shop: Any, asha: Any) -> None:
    addresses = [f"198.51.100.{number}" for number in range(9)]
    codes = [sign_in(shop, asha.email, PASSWORD, one).status_code for one in addresses]
    again = [sign_in(shop, asha.email, PASSWORD).status_code for _ in range(9)]

    assert codes == again == [200] * 9


def test_the_owner_gets_one_mail_when_an_account_is_locked(
    shop: Any, asha: Any, hold_clock: Callable[[int], None]
) -> None:
    guess(shop, asha.email.upper(), 9)
    hold_clock(31)
    guess(shop, asha.email, 9)

    (mail,) = shop.mails(asha.email, "Wrong passwords for your account")
    assert "still sign in" in mail.get_content()


def test_nobody_gets_a_mail_for_an_account_that_does_not_exist(shop: Any) -> None:
    guess(shop, "nobody@shop.example", 9)

    assert shop.mails("nobody@shop.example") == []


def test_a_reset_unlocks_the_account_and_makes_the_address_known(
    shop: Any, asha: Any
) -> None:
    guess(shop, asha.email, 9)
    token = shop.reset_token(asha.email)
    body = {"token": token, "new_password": NEW}
    environ = {"REMOTE_ADDR": HOME}

    path = "/user/password-reset/confirm/"
    assert shop.call("POST", path, json=body, environ_base=environ).status_code == 204

    assert guess(shop, asha.email, 9) == [401] * 5 + [429] * 4
    assert sign_in(shop, asha.email, NEW, HOME).status_code == 200


@pytest.mark.parametrize("grant", ["login", "token"])
def test_both_forms_of_sign_in_count_together(shop: Any, asha: Any, grant: str) -> None:
    form = {"grant_type": "password", "username": asha.email, "password": WRONG}

    def attempt() -> Any:
        environ = {"REMOTE_ADDR": STRANGER}
        if grant == "login":
            return sign_in(shop, asha.email)
        return shop.call("POST", "/user/token/", data=form, environ_base=environ)

    guess(shop, asha.email, 4)

    codes = [attempt().status_code for _ in range(2)]
    assert codes == [401 if grant == "login" else 400, 429]


@pytest.mark.parametrize("way", ["password", "address"])
def test_the_current_password_cannot_be_guessed_in_a_session(
    shop: Any, asha: Any, way: str
) -> None:
    def attempt(password: str, who: Any = asha) -> int:
        if way == "password":
            body = {"current_password": password, "new_password": NEW}
            path, method = "/user/me/password/", "POST"
        else:
            body = {"email": "new@shop.example", "current_password": password}
            path, method = "/user/me/", "PATCH"
        return int(shop.call(method, path, who.headers, json=body).status_code)

    codes = [attempt(WRONG) for _ in range(7)]

    assert codes == [403] * 5 + [429] * 2
    assert attempt(PASSWORD) == 429
    assert len(shop.mails(asha.email, "Wrong passwords for your account")) == 1
    other = shop.sign_in(asha.email).json
    asha.pair = other
    assert attempt(PASSWORD) in (200, 204)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/user/token/refresh/", {"refresh_token": "guess"}, 401),
        ("/user/password-reset/confirm/", {"token": "g", "new_password": NEW}, 400),
        ("/user/verify-email/confirm/", {"token": "guess"}, 400),
    ],
)
def test_an_address_that_guesses_tokens_is_locked(
    make_users: Any, shop: Any, asha: Any, path: str, body: Any, status: int
) -> None:
    shop.app = make_users(ADDRESS_ATTEMPTS="3")
    environ = {"REMOTE_ADDR": STRANGER}

    codes = [
        shop.call("POST", path, json=body, environ_base=environ).status_code
        for _ in range(5)
    ]

    assert codes == [status] * 3 + [429] * 2
    elsewhere = {"REMOTE_ADDR": HOME}
    answer = shop.call("POST", path, json=body, environ_base=elsewhere)
    assert answer.status_code == status


def test_neither_addresses_nor_accounts_are_stored_in_clear(
    app: Flask, shop: Any, asha: Any
) -> None:
    sign_in(shop, asha.email, PASSWORD, HOME)
    guess(shop, asha.email, 1)

    with app.app_context():
        found = [*db.session.scalars(select(GuessCount.subject))]
        found += db.session.scalars(select(KnownAddress.address))
    assert found
    assert all(len(text) == 43 for text in found)


def test_a_deleted_user_leaves_no_addresses(
    app: Flask, shop: Any, asha: Any, count: Callable[..., int]
) -> None:
    assert count(app, KnownAddress) == 1

    shop.call("DELETE", "/user/me/", asha.headers)

    assert count(app, KnownAddress) == 0
