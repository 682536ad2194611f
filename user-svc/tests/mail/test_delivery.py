"""Delivery of a mail: by SMTP, or as a file."""

import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from user_svc.mail import delivery, templates
from user_svc.models import MailKind

NAME = "0123456789abcdef"


def test_a_copy_has_the_same_message_id(a_mail: Any) -> None:
    assert a_mail()["Message-ID"] == f"<{NAME}@shop.example>"
    assert a_mail().as_bytes() == a_mail().as_bytes()


@pytest.mark.parametrize("field", ["to", "sender"])
def test_a_line_break_in_an_address_adds_no_header(field: str, a_mail: Any) -> None:
    with pytest.raises(ValueError, match=r"(?i)linefeed|carriage"):
        a_mail(**{field: "a@shop.example\r\nBcc: b@shop.example"})


def test_a_server_gets_the_mail(
    app: Flask, smtp_server: Any, make_users: Any, a_mail: Any
) -> None:
    settings = make_users(SMTP_URL=smtp_server.url).extensions["settings"]

    delivery.deliver(a_mail(), settings)

    assert b"Subject: Hello" in smtp_server.bodies[0]
    assert "rcpt to:<asha@shop.example>" in [
        line.lower() for line in smtp_server.commands
    ]


def test_without_a_server_a_mail_is_a_file_for_its_owner_alone(
    app: Flask, a_mail: Any
) -> None:
    settings = app.extensions["settings"]

    delivery.deliver(a_mail(), settings)
    delivery.deliver(a_mail(), settings)  # a copy

    (file,) = Path(settings.mail_folder).iterdir()
    assert file.name == f"{NAME}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"One line." in file.read_bytes()


def test_a_link_is_not_wrapped(make_users: Any, a_mail: Any) -> None:
    url = "https://a-shop-with-a-rather-long-name.example/in/a/folder"
    settings = make_users(SHOP_URL=url).extensions["settings"]
    subject, text = templates.render(MailKind.RESET, "t" * 43, settings)
    made = a_mail(subject=subject, text=text)

    assert f"{url}/reset-password#token={'t' * 43}" in made.as_string()


def test_a_server_without_smtputf8_gets_a_mail_to_an_international_domain(
    smtp_server: Any, make_users: Any, a_mail: Any
) -> None:
    settings = make_users(SMTP_URL=smtp_server.url).extensions["settings"]

    delivery.deliver(
        a_mail(to="a1@डाटामेल.भारत", sender="no-reply@bücher.example"), settings
    )

    commands = [line.lower() for line in smtp_server.commands]
    assert "rcpt to:<a1@xn--c2bd4bq1db8d.xn--h2brj9c>" in commands
    assert any("mail from:<no-reply@xn--bcher-kva.example>" in one for one in commands)
    assert b"To: a1@xn--c2bd4bq1db8d.xn--h2brj9c" in smtp_server.bodies[0]
    assert b"@xn--bcher-kva.example>" in smtp_server.bodies[0]
