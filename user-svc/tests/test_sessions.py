"""Signing in, refreshing and signing out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from user_svc.extensions import db
from user_svc.models import RefreshToken


def refresh(client, token):
    return client.post("/user/token/refresh/", json={"refresh_token": token})


def states(app):
    with app.app_context():
        return sorted(db.session.scalars(select(RefreshToken.state)))


@pytest.fixture
def move_clock(tmp_path, monkeypatch):
    """Move the clock of all processes by seconds."""
    path = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(path))
    return lambda seconds: path.write_text(str(seconds))


def test_a_registered_customer_signs_in_and_sees_their_profile(accounts, client):
    user, headers = accounts.customer()

    profile = client.get("/user/me", headers=headers)

    assert profile.status_code == 200
    assert profile.get_json() == user


@pytest.mark.parametrize("email", ["asha@shop.example", "nobody@shop.example"])
def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(accounts, email):
    accounts.register()

    answer = accounts.login(email, "another long walk")

    assert answer.status_code == 401
    problem = answer.get_json()
    assert problem["code"] == "invalid_credentials"
    assert problem["detail"] == "E-mail or password is wrong."


def test_the_email_is_known_in_any_case(accounts):
    accounts.register(email="Asha@Shop.Example")

    assert accounts.login("ASHA@SHOP.EXAMPLE").status_code == 200
    assert accounts.register(email="aSHA@shop.example").status_code == 409


def test_a_refresh_token_is_exchanged_for_another(accounts, client, app):
    accounts.register()
    pair, _ = accounts.session()

    successor = refresh(client, pair["refresh_token"])

    assert successor.status_code == 200
    assert successor.get_json()["refresh_token"] != pair["refresh_token"]
    assert states(app) == ["active", "spent"]


def test_an_honest_retry_gets_the_same_successor(accounts, client, app):
    accounts.register()
    pair, _ = accounts.session()

    first = refresh(client, pair["refresh_token"]).get_json()
    second = refresh(client, pair["refresh_token"]).get_json()

    assert first["refresh_token"] == second["refresh_token"]
    assert states(app) == ["active", "spent"]


def test_a_spent_token_used_later_ends_its_family(accounts, client, app, move_clock):
    accounts.register()
    pair, _ = accounts.session()
    successor = refresh(client, pair["refresh_token"]).get_json()
    move_clock(31)

    reuse = refresh(client, pair["refresh_token"])

    assert reuse.status_code == 401
    assert reuse.get_json()["code"] == "refresh_token_reused"
    assert refresh(client, successor["refresh_token"]).status_code == 401
    assert states(app) == ["revoked", "revoked"]


def test_two_refreshes_at_once_get_one_successor(accounts, app):
    accounts.register()
    pair, _ = accounts.session()

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: refresh(app.test_client(), pair["refresh_token"]), range(8)
            )
        )

    tokens = {a.get_json()["refresh_token"] for a in answers if a.status_code == 200}
    assert len(tokens) == 1
    assert states(app).count("active") == 1


def test_signing_out_ends_the_family(accounts, client):
    accounts.register()
    pair, headers = accounts.session()
    body = {"refresh_token": pair["refresh_token"]}

    assert client.post("/user/logout/", json=body, headers=headers).status_code == 204

    assert refresh(client, pair["refresh_token"]).status_code == 401


def test_nobody_signs_somebody_else_out(accounts, client):
    accounts.register()
    pair, _ = accounts.session()
    _, ravi = accounts.customer("ravi@shop.example")
    body = {"refresh_token": pair["refresh_token"]}

    assert client.post("/user/logout/", json=body, headers=ravi).status_code == 204

    assert refresh(client, pair["refresh_token"]).status_code == 200


def test_a_refresh_token_is_no_access_token(accounts, client):
    accounts.register()
    pair, _ = accounts.session()
    headers = {"Authorization": f"Bearer {pair['refresh_token']}"}

    assert client.get("/user/me/", headers=headers).status_code == 401


def test_only_hashes_of_refresh_tokens_are_kept(accounts, app):
    accounts.register()
    pair, _ = accounts.session()

    with app.app_context():
        row = db.session.scalars(select(RefreshToken)).one()
        assert pair["refresh_token"] not in str(vars(row))
