"""Password reset and verification of an e-mail address."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chassis import worker
from user_svc.extensions import db
from user_svc.models import Mail, OneTimeToken

PASSWORD, NEW = "a-long-walk-in-the-rain", "and-home-by-the-river"
RESET, VERIFY = "A new password", "Is this your address?"


def ask_address(shop: Any, person: Any) -> Any:
    return shop.call("POST", "/user/verify-email/", person.headers)


def confirm_address(shop: Any, token: str) -> Any:
    path = "/user/verify-email/confirm/"
    return shop.call("POST", path, json={"token": token})


def is_invalid(answer: Any) -> bool:
    return (answer.status_code, answer.json["code"]) == (400, "invalid_token")


def rows(app: Flask, table: Any) -> list[Any]:
    with app.app_context():
        found = list(db.session.scalars(select(table).order_by(table.id)))
        db.session.expunge_all()
        return found


def test_a_mailed_token_sets_a_new_password_and_ends_every_session(
    shop: Any, asha: Any
) -> None:
    other = shop.sign_in(asha.email).json

    answer = shop.confirm_reset(shop.reset_token(asha.email))

    assert (answer.status_code, answer.data) == (204, b"")
    assert shop.me(asha).status_code == 401
    for token in (asha.refresh_token, other["refresh_token"]):
        assert shop.refresh(token).status_code == 401
    assert shop.sign_in(asha.email).status_code == 401
    assert shop.sign_in(asha.email, NEW).status_code == 200


def test_a_reset_does_not_reveal_who_has_an_account(
    app: Flask, shop: Any, asha: Any
) -> None:
    answers = [shop.ask_reset(e) for e in (asha.email, "nobody@shop.example")]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    # The same work for both: one row, of which the worker makes what it can.
    asked = [row for row in rows(app, Mail) if row.kind == "reset_password"]
    assert [(row.user_id, row.attempts) for row in asked] == [(None, 0)] * 2
    assert shop.mails("nobody@shop.example", RESET) == []


def test_an_address_is_found_in_any_case_and_mailed_as_it_is_stored(
    shop: Any, asha: Any
) -> None:
    shop.ask_reset("ASHA@SHOP.example")

    assert len(shop.mails(asha.email, RESET)) == 1
    assert shop.mails("ASHA@shop.example", RESET) == []


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
def test_an_account_that_is_closed_gets_no_mail(
    shop: Any, asha: Any, admin: Any, how: str
) -> None:
    path = f"/user/{asha.id}/"
    if how == "deleted":
        shop.call("DELETE", path, admin.headers)
    else:
        shop.call("PATCH", path, admin.headers, json={"is_active": False})

    assert shop.ask_reset(asha.email).status_code == 202
    assert shop.mails(asha.email, RESET) == []


def test_a_token_is_invalid_once_its_account_is_deactivated(
    shop: Any, asha: Any, admin: Any
) -> None:
    token = shop.reset_token(asha.email)
    path = f"/user/{asha.id}/"
    shop.call("PATCH", path, admin.headers, json={"is_active": False})

    assert is_invalid(shop.confirm_reset(token))


def test_a_token_is_valid_once(shop: Any, asha: Any) -> None:
    token = shop.reset_token(asha.email)
    shop.confirm_reset(token)

    assert is_invalid(shop.confirm_reset(token, "another-long-evening"))
    assert shop.sign_in(asha.email, NEW).status_code == 200


def test_a_token_ends_after_ten_minutes(
    shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    token = shop.reset_token(asha.email)
    pass_seconds(601)

    assert is_invalid(shop.confirm_reset(token))


def test_a_new_token_ends_the_older_one(shop: Any, asha: Any) -> None:
    first = shop.reset_token(asha.email)
    shop.ask_reset(asha.email)
    both = [m.get_content() for m in shop.mails(asha.email, RESET)]
    (second,) = [text for text in both if first not in text]

    assert is_invalid(shop.confirm_reset(first))
    assert shop.confirm_reset(second.split("\n\n")[3].strip()).status_code == 204


def test_a_token_ends_when_the_password_is_changed(shop: Any, asha: Any) -> None:
    token = shop.reset_token(asha.email)
    body = {"current_password": PASSWORD, "new_password": "another-long-evening"}
    shop.call("POST", "/user/me/password/", asha.headers, json=body)

    assert is_invalid(shop.confirm_reset(token))


def test_a_token_ends_when_the_address_is_changed(shop: Any, asha: Any) -> None:
    token = shop.reset_token(asha.email)
    body = {"email": "new@shop.example", "current_password": PASSWORD}
    shop.call("PATCH", "/user/me/", asha.headers, json=body)

    assert is_invalid(shop.confirm_reset(token))


def test_a_weak_password_is_refused_and_the_token_stays_valid(
    shop: Any, asha: Any
) -> None:
    token = shop.reset_token(asha.email)

    answer = shop.confirm_reset(token, "dear asha, hello")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["new_password"])
    assert shop.confirm_reset(token).status_code == 204


def test_a_reset_verifies_the_address_and_sends_a_notice(shop: Any, asha: Any) -> None:
    assert shop.me(asha).json["email_verified"] is False

    shop.confirm_reset(shop.reset_token(asha.email))

    person = type(asha)(asha.id, asha.email, shop.sign_in(asha.email, NEW).json)
    assert shop.me(person).json["email_verified"] is True
    assert len(shop.mails(asha.email, "Your password was changed")) == 1


def test_an_account_gets_few_mails_an_hour(shop: Any, asha: Any) -> None:
    for _ in range(8):
        shop.ask_reset(asha.email)

    assert len(shop.mails(asha.email, RESET)) == 5


def test_a_link_uses_the_settings_and_never_the_host_header(
    make_users: Any, password_hash: str, shop: Any, asha: Any
) -> None:
    evil = {"X-Forwarded-Host": "evil.example"}
    host = {"Host": "evil.example"}
    body = {"email": asha.email}
    path = "/user/password-reset/"
    assert shop.call("POST", path, host, json=body).status_code == 400
    assert shop.mails(asha.email, RESET) == []
    shop.call("POST", path, evil, json=body)
    plain = shop.mails(asha.email, RESET)[-1].get_content()
    front = type(shop)(make_users(SHOP_URL="https://shop.example/"), password_hash)
    person = front.person()
    front.call("POST", path, evil, json={"email": person.email})
    link = front.mails(person.email, RESET)[-1].get_content()

    assert "to POST http://127.0.0.1/user/password-reset/confirm/" in plain
    assert "  https://shop.example/reset-password#token=" in link
    assert "evil" not in plain + link


def test_a_token_is_stored_as_a_hash_and_never_logged(
    app: Flask, shop: Any, asha: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = shop.reset_token(asha.email)
    shop.confirm_reset(token)

    kept = [vars(row) for table in (Mail, OneTimeToken) for row in rows(app, table)]
    assert "'event': 'mail written'" in caplog.text
    assert token not in caplog.text + repr(kept)
    # What is done names nobody.
    assert {row.email for row in rows(app, Mail) if row.done_at} == {None}


def test_a_mailed_token_is_neither_an_access_nor_a_refresh_token(
    shop: Any, asha: Any
) -> None:
    token = shop.reset_token(asha.email)

    headers = {"Authorization": f"Bearer {token}"}
    assert shop.call("GET", "/user/me/", headers).status_code == 401
    assert shop.refresh(token).status_code == 401
    for other in (asha.refresh_token, asha.pair["access_token"][:200]):
        assert is_invalid(shop.confirm_reset(other))
        assert is_invalid(confirm_address(shop, other))


def test_a_token_for_one_purpose_does_not_serve_the_other(shop: Any, asha: Any) -> None:
    ask_address(shop, asha)
    to_verify = shop.mailed_token(asha.email, VERIFY)

    assert is_invalid(shop.confirm_reset(to_verify))
    assert is_invalid(confirm_address(shop, shop.reset_token(asha.email)))


def test_a_registration_mails_a_token(shop: Any) -> None:
    body = {"name": "Asha", "email": "asha@shop.example", "password": PASSWORD}
    shop.call("POST", "/user/register/", json=body)

    answer = confirm_address(shop, shop.mailed_token("asha@shop.example", VERIFY))

    assert (answer.status_code, answer.data) == (204, b"")


def test_an_address_is_verified_once_by_the_newest_token(shop: Any, asha: Any) -> None:
    first = shop.mailed_token(asha.email, VERIFY)  # of the registration
    answer = ask_address(shop, asha)
    texts = [m.get_content() for m in shop.mails(asha.email, VERIFY)]
    (second,) = [text for text in texts if first not in text]
    token = second.split("\n\n")[3].strip()

    assert (answer.status_code, set(answer.json)) == (202, {"message"})
    assert is_invalid(confirm_address(shop, first))
    assert confirm_address(shop, token).status_code == 204
    assert is_invalid(confirm_address(shop, token))
    assert shop.me(asha).json["email_verified"] is True


def test_a_verified_address_is_not_asked_again(shop: Any) -> None:
    person = shop.person(email_verified=True)

    assert ask_address(shop, person).status_code == 202
    assert shop.mails(person.email, VERIFY) == []


def test_only_the_signed_in_ask_for_their_address(shop: Any) -> None:
    assert shop.call("POST", "/user/verify-email/").status_code == 401


def test_a_new_address_gets_a_token_and_the_old_one_a_notice(
    shop: Any, asha: Any
) -> None:
    old = shop.mailed_token(asha.email, VERIFY)
    body = {"email": "new@shop.example", "current_password": PASSWORD}
    shop.call("PATCH", "/user/me/", asha.headers, json=body)

    assert len(shop.mails(asha.email, "Your account has another address")) == 1
    assert is_invalid(confirm_address(shop, old))
    new = shop.mailed_token("new@shop.example", VERIFY)
    assert confirm_address(shop, new).status_code == 204
    assert shop.me(asha).json["email_verified"] is True


def test_a_changed_password_sends_a_notice(shop: Any, asha: Any) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    shop.call("POST", "/user/me/password/", asha.headers, json=body)

    assert len(shop.mails(asha.email, "Your password was changed")) == 1


def test_a_deleted_user_s_mails_are_deleted(app: Flask, shop: Any, asha: Any) -> None:
    worker.drain(app)
    ask_address(shop, asha)
    shop.call("DELETE", "/user/me/", asha.headers)

    assert rows(app, Mail) == []
    assert rows(app, OneTimeToken) == []
