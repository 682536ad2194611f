"""Invalid settings are reported together."""

import json
from typing import Any

import pytest

from chassis.config import ConfigError
from devtools.testkit.plugin import SECRET
from user_svc.config import Settings

GOOD = {
    "APP_ENV": "production",
    "DATABASE_URL": "sqlite:///x.db",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "http://127.0.0.1",
    "SIGNING_KEY_SECRET": SECRET,
    "SMTP_URL": "smtps://shop:word@mail.example",
    "MAIL_FROM": "no-reply@shop.example",
}
CLIENT = {
    "client_id": "order-svc",
    "client_secret": SECRET,
    "audiences": ["user-svc"],
    "scopes": ["users:read"],
}


def problems(**changes: Any) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        Settings.load({**GOOD, **changes})
    return wrong.value.problems


def test_good_settings_are_read() -> None:
    settings = Settings.load({**GOOD, "SERVICE_CLIENTS": json.dumps([CLIENT])})

    assert settings.service_clients[0].audiences == ("user-svc",)
    assert settings.access_token_seconds == 600
    assert (settings.sign_in_attempts, settings.address_attempts) == (5, 50)
    assert (settings.lockout_first_seconds, settings.lockout_most_seconds) == (30, 900)
    assert Settings.load(GOOD).service_clients == ()


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "5",
        "null",
        "{}x",
        '["order-svc"]',
        '[{"client_id": "order-svc"}]',
        json.dumps([{**CLIENT, "audiences": "user-svc"}]),
        json.dumps([{**CLIENT, "client_secret": ""}]),
        json.dumps([{**CLIENT, "scopes": [5]}]),
        json.dumps([{**CLIENT, "more": 5}]),
        json.dumps([CLIENT, CLIENT]),
    ],
)
def test_service_clients_of_a_wrong_shape_are_named_and_not_shown(value: str) -> None:
    (line,) = problems(SERVICE_CLIENTS=value)

    assert line.startswith("SERVICE_CLIENTS: should be a JSON list such as")
    assert SECRET not in line


def test_a_clients_secret_that_fits_into_no_header_is_named_and_not_shown() -> None:
    bad = json.dumps([{**CLIENT, "client_secret": SECRET[:4] + "\u200b" + SECRET[4:]}])

    (line,) = problems(SERVICE_CLIENTS=bad)

    assert f"a secret of {CLIENT['client_id']} in printable ASCII" in line
    assert "U+200B ZERO WIDTH SPACE at position 5" in line
    assert SECRET[:4] not in line


def test_a_mail_servers_address_is_printable_ascii() -> None:
    (line,) = problems(SMTP_URL="smtps://shop:pass\u201dword@mail.example:465")

    assert line.startswith("SMTP_URL: should be printable ASCII")


def test_production_refuses_weak_secrets() -> None:
    weak = json.dumps([{**CLIENT, "client_secret": "secret"}])

    assert "SERVICE_CLIENTS" in problems(SERVICE_CLIENTS=weak)[0]
    assert "SIGNING_KEY_SECRET" in problems(SIGNING_KEY_SECRET="secret")[0]


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("boss@shop.example", "", "set both or neither"),
        ("", "a-long-walk-outside", "set both or neither"),
        ("boss@shop.example", "short", "8 to 128"),
        ("boss@shop.example", "password1", "common"),
        ("boss@shop.example", "the-admin-of-all", "your name"),
    ],
)
def test_an_account_needs_a_valid_password(
    email: str, password: str, words: str
) -> None:
    found = problems(BOOTSTRAP_ADMIN_EMAIL=email, BOOTSTRAP_ADMIN_PASSWORD=password)

    assert len(found) == 1
    assert found[0].startswith("BOOTSTRAP_ADMIN_PASSWORD: ")
    assert words in found[0]


def test_an_account_needs_a_valid_address() -> None:
    (line,) = problems(DEMO_STAFF_EMAIL="nobody", DEMO_STAFF_PASSWORD="x")

    assert line == "DEMO_STAFF_EMAIL: should be an e-mail address"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SMTP_URL": ""}, "SMTP_URL: is missing"),
        ({"MAIL_FROM": ""}, "MAIL_FROM: is missing; SMTP_URL"),
        (
            {"SMTP_URL": "smtp://shop:hidden-7@mail"},
            "SMTP_URL: the password would",
        ),
        ({"SMTP_URL": "http://mail"}, "SMTP_URL: should be smtp://host:25"),
        ({"SMTP_URL": "mail:25"}, "SMTP_URL: should be smtp://host:25"),
        ({"SMTP_URL": "smtp://mail:x"}, "SMTP_URL: should be smtp://host:25"),
        ({"SMTP_URL": "smtp://"}, "SMTP_URL: should be smtp://host:25"),
        ({"MAIL_FROM": "a@shop.example\r\nBcc: b@c.example"}, "MAIL_FROM: should be"),
        ({"SHOP_URL": "javascript:alert(1)"}, "SHOP_URL: should be"),
    ],
)
def test_production_does_not_start_where_mail_could_not_be_sent(
    changes: Any, words: str
) -> None:
    (line,) = problems(**changes)

    assert line.startswith(words)
    assert "hidden-7" not in line


def test_production_may_write_mails_to_files() -> None:
    settings = Settings.load({**GOOD, "SMTP_URL": "", "MAIL_FOLDER": "/data/mail"})

    assert settings.sender == "no-reply@shop.example"
