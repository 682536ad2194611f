"""A mail server, and messages for it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from user_svc.mail import delivery

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
def smtp_server() -> Iterator[Any]:
    """Return a mail server: its `url`, and the bodies it was given."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), SmtpHandler) as server:
        server.commands, server.bodies = [], []  # type: ignore[attr-defined]
        server.url = f"smtp://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def a_mail() -> Callable[..., EmailMessage]:
    """Return `a_mail(**changes)`, which composes a message."""

    def compose(**changes: str) -> EmailMessage:
        addresses = {"sender": "s@shop.example", "to": "asha@shop.example"}
        words = {"subject": "Hello", "text": "One line.\n"}
        fields = {**addresses, **words, **changes}
        return delivery.compose("0123456789abcdef", NOON, **fields)

    return compose
