"""Delivery of a mail: by SMTP, or as a file."""

import socketserver
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from user_svc import smtp_urls
from user_svc.mail import delivery, smtp, templates
from user_svc.models import MailKind

NAME = "0123456789abcdef"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class SmtpHandler(socketserver.StreamRequestHandler):
    """A minimal mail server; it keeps the commands and the messages."""

    def handle(self) -> None:
        self.reply("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.commands.append(line)  # type: ignore[attr-defined]
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                self.reply("354 go on")
                self.server.bodies.append(self.body())  # type: ignore[attr-defined]
            self.reply("221 bye" if word == "QUIT" else "250 fine")
            if word == "QUIT":
                return

    def reply(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)


@pytest.fixture
def post() -> Iterator[Any]:
    """Return a mail server: its `url`, and the bodies it was given."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), SmtpHandler) as server:
        server.commands, server.bodies = [], []  # type: ignore[attr-defined]
        server.url = f"smtp://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def a_mail(**changes: str) -> EmailMessage:
    usual = {"sender": "s@shop.example", "to": "asha@shop.example"}
    words = {"subject": "Hello", "text": "One line.\n"}
    return delivery.compose(NAME, NOON, **{**usual, **words, **changes})


def test_a_copy_has_the_same_message_id() -> None:
    assert a_mail()["Message-ID"] == f"<{NAME}@shop.example>"
    assert a_mail().as_bytes() == a_mail().as_bytes()


@pytest.mark.parametrize("field", ["to", "sender"])
def test_a_line_break_in_an_address_is_no_header(field: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)linefeed|carriage"):
        a_mail(**{field: "a@shop.example\r\nBcc: b@shop.example"})


def test_a_server_gets_the_mail(app: Flask, post: Any, make_users: Any) -> None:
    settings = make_users(SMTP_URL=post.url).extensions["settings"]

    delivery.deliver(a_mail(), settings)

    assert b"Subject: Hello" in post.bodies[0]
    assert "rcpt to:<asha@shop.example>" in [line.lower() for line in post.commands]


def test_a_server_that_must_speak_tls_and_does_not_gets_no_mail(post: Any) -> None:
    to = smtp_urls.parse(post.url.replace("smtp:", "smtp+starttls:"))

    with pytest.raises(OSError, match="STARTTLS"):
        smtp.send(a_mail(), to)

    assert post.bodies == []


def test_without_a_server_a_mail_is_a_file_for_its_owner_alone(app: Flask) -> None:
    settings = app.extensions["settings"]

    delivery.deliver(a_mail(), settings)
    delivery.deliver(a_mail(), settings)  # a copy

    (file,) = Path(settings.mail_folder).iterdir()
    assert file.name == f"{NAME}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"One line." in file.read_bytes()


def test_a_link_is_in_one_piece(make_users: Any) -> None:
    url = "https://a-shop-with-a-rather-long-name.example/in/a/folder"
    settings = make_users(SHOP_URL=url).extensions["settings"]
    subject, text = templates.render(MailKind.RESET, "t" * 43, settings)
    made = a_mail(subject=subject, text=text)

    assert f"{url}/reset-password#token={'t' * 43}" in made.as_string()
