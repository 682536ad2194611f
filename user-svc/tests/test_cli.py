"""`flask users create-admin`."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from user_svc.extensions import db
from user_svc.models import User

WORDS = "a-long-walk-outside"


def run(app: Flask, *args: str, **more: Any) -> Any:
    return app.test_cli_runner().invoke(args=list(args), **more)


def accounts(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.execute(select(User.email, User.role))
        return {email: str(role) for email, role in rows}


def sign_in(app: Flask, email: str, password: str = WORDS) -> Any:
    body = {"email": email, "password": password}
    return app.test_client().post("/user/login/", json=body)


def test_a_command_creates_an_admin(app: Flask) -> None:
    answers = f"Asha Rao\nasha@shop.example\n{WORDS}\n{WORDS}\n"

    done = run(app, "users", "create-admin", input=answers)

    assert done.exit_code == 0, done.output
    assert WORDS not in done.output
    assert accounts(app) == {"asha@shop.example": "admin"}
    assert sign_in(app, "asha@shop.example").status_code == 200


def create(app: Flask, email: str, password: str) -> Any:
    given = ["--name", "Asha", "--email", email, "--password", password]
    return run(app, "users", "create-admin", *given)


def test_an_admin_needs_valid_fields(app: Flask) -> None:
    assert create(app, "asha@shop.example", WORDS).exit_code == 0
    taken = create(app, "ASHA@shop.example", WORDS)
    weak = create(app, "new@shop.example", "password1")
    nobody = create(app, "nobody", WORDS)

    assert "already has an account" in taken.output
    assert "password: Too common" in weak.output
    assert nobody.output.startswith("Error: email: ")
    assert [one.exit_code for one in (taken, weak, nobody)] == [1, 1, 1]
    assert len(accounts(app)) == 1
