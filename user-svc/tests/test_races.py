"""What two clients do at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from user_svc import seed, signing, steps
from user_svc.extensions import db
from user_svc.models import RefreshFamily, RefreshToken, ServiceClient, SigningKey, User


def together(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Do the work in as many threads, begun at one moment; return what each gave."""
    gate = threading.Barrier(times)

    def one(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def count(app: Flask, table: Any, *where: Any) -> int:
    with app.app_context():
        found = select(func.count()).select_from(table).where(*where)
        return int(db.session.scalar(found) or 0)


def test_of_two_registrations_of_one_address_one_succeeds(
    app: Flask, shop: Any
) -> None:
    def register(number: int) -> Any:
        email = ("Asha@shop.example", "asha@SHOP.example")[number]
        body = {"name": "Asha", "email": email, "password": "a-long-walk-outside"}
        return shop.call("POST", "/user/register/", json=body)

    answers = together(2, register)

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {a.json.get("code") for a in answers} == {None, "email_taken"}
    assert count(app, User) == 1


def test_two_refreshes_at_once_get_the_same_successor(
    app: Flask, shop: Any, asha: Any
) -> None:
    answers = together(4, lambda _: shop.refresh(asha.refresh_token))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert count(app, RefreshToken, RefreshToken.spent_at.is_(None)) == 1
    assert count(app, RefreshToken) == 2


def test_two_admins_who_demote_each_other_do_not_both_succeed(
    app: Flask, shop: Any
) -> None:
    admins = [shop.person("admin"), shop.person("admin")]

    def demote(number: int) -> Any:
        path = f"/user/{admins[1 - number].id}/"
        headers = admins[number].headers
        return shop.call("PATCH", path, headers, json={"role": "customer"})

    answers = together(2, demote)

    # The slower one is no admin any more, or would take the last one's role.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert statuses[1] in (403, 404, 409)
    assert count(app, User, User.role == "admin") == 1


def test_a_sign_in_with_the_old_password_does_not_outlive_its_change(
    app: Flask, shop: Any, asha: Any
) -> None:
    change = {
        "current_password": "a-long-walk-in-the-rain",
        "new_password": "and-home-by-the-river",
    }

    def work(number: int) -> Any:
        if number:
            return shop.sign_in(asha.email)
        return shop.call("POST", "/user/me/password/", asha.headers, json=change)

    changed, signed_in = together(2, work)

    assert changed.status_code == 204
    assert signed_in.status_code in (200, 401)
    if signed_in.status_code == 200:
        assert shop.refresh(signed_in.json["refresh_token"]).status_code == 401
    assert count(app, RefreshFamily, RefreshFamily.revoked_at.is_(None)) == 1


def test_many_processes_make_one_first_key(make_app: Any) -> None:
    from user_svc import create_app

    app = make_app(create_app, SIGNING_KEY_SECRET="s" * 40)

    def ask(_: int) -> Any:
        return app.test_client().get("/.well-known/jwks.json").json["keys"]

    answers = together(4, ask)

    assert len({answer[0]["kid"] for answer in answers}) == 1
    assert count(app, SigningKey) == 1


def test_many_workers_rotate_the_keys_once(
    app: Flask, pass_seconds: Callable[[int], None]
) -> None:
    pass_seconds(31 * 86400)

    def rotate(_: int) -> int:
        with app.app_context():
            return signing.rotate()

    made = together(3, rotate)

    assert sum(made) == 1
    assert count(app, SigningKey) == 2


def test_many_processes_set_up_at_once(make_users: Any) -> None:
    app = make_users(
        BOOTSTRAP_ADMIN_EMAIL="boss@shop.example",
        BOOTSTRAP_ADMIN_PASSWORD="a-long-walk-outside",
    )

    def set_up(_: int) -> None:
        with app.app_context():
            app.extensions.pop("clients_in_step", None)
            seed.set_up()
            steps.sync_clients()

    together(3, set_up)

    assert count(app, User) == 1
    assert count(app, ServiceClient) == 2


def test_of_two_uses_of_a_mailed_token_one_succeeds(
    app: Flask, shop: Any, asha: Any
) -> None:
    token = shop.reset_token(asha.email)
    words = ("and-home-by-the-river", "another-long-evening")

    answers = together(2, lambda number: shop.confirm_reset(token, words[number]))

    assert sorted(answer.status_code for answer in answers) == [204, 400]
    winner = words[[answer.status_code for answer in answers].index(204)]
    assert shop.sign_in(asha.email, winner).status_code == 200


def test_a_sign_in_with_the_old_password_does_not_outlive_a_reset(
    app: Flask, shop: Any, asha: Any
) -> None:
    token = shop.reset_token(asha.email)

    def work(number: int) -> Any:
        return shop.sign_in(asha.email) if number else shop.confirm_reset(token)

    reset, signed_in = together(2, work)

    assert reset.status_code == 204
    assert signed_in.status_code in (200, 401)
    assert count(app, RefreshFamily, RefreshFamily.revoked_at.is_(None)) == 0
