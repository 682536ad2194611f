"""`flask seed`."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from user_svc.extensions import db
from user_svc.models import User

WORDS = "a-long-walk-outside"
DEMO = {
    f"DEMO_{role}_{field}": value
    for role in ("CUSTOMER", "STAFF", "ADMIN")
    for field, value in (
        ("EMAIL", f"{role.lower()}@shop.example"),
        ("PASSWORD", WORDS),
    )
}
BOOTSTRAP = {
    "BOOTSTRAP_ADMIN_EMAIL": "boss@shop.example",
    "BOOTSTRAP_ADMIN_PASSWORD": WORDS,
}


def run(app: Flask, *args: str, **more: Any) -> Any:
    return app.test_cli_runner().invoke(args=list(args), **more)


def accounts(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.execute(select(User.email, User.role))
        return {email: str(role) for email, role in rows}


def sign_in(app: Flask, email: str, password: str = WORDS) -> Any:
    body = {"email": email, "password": password}
    return app.test_client().post("/user/login/", json=body)


def test_without_settings_there_is_no_account(app: Flask) -> None:
    assert run(app, "seed").output == "user-svc: nothing to do\n"

    assert accounts(app) == {}


def test_a_seed_makes_the_demo_accounts_once(make_users: Any) -> None:
    app = make_users(**DEMO)

    first, second = run(app, "seed"), run(app, "seed")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output.count("created the") == 3
    assert WORDS not in first.output
    assert second.output == "user-svc: nothing to do\n"
    assert accounts(app) == {
        "customer@shop.example": "customer",
        "staff@shop.example": "staff",
        "admin@shop.example": "admin",
    }
    assert sign_in(app, "staff@shop.example").status_code == 200


def test_the_first_admin_is_made_once_and_never_again(make_users: Any) -> None:
    app = make_users(**BOOTSTRAP)
    run(app, "seed")
    with app.app_context():
        boss = db.session.scalars(select(User)).one()
        boss.email = boss.email_key = "chief@shop.example"
        db.session.commit()

    run(app, "seed")

    assert accounts(app) == {"chief@shop.example": "admin"}
    assert sign_in(app, "chief@shop.example").status_code == 200


def test_an_existing_account_does_not_become_an_admin(make_users: Any) -> None:
    app = make_users(**BOOTSTRAP)
    body = {"name": "x", "email": "boss@shop.example", "password": "a-walk-in-the-sun"}
    app.test_client().post("/user/register/", json=body)

    run(app, "seed")

    assert accounts(app) == {"boss@shop.example": "customer"}
