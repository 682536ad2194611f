"""The mail server: its address among the settings, and how a message is given to it."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT = 10
SHAPE = (
    "smtp://host:25, smtp+starttls://user:password@host:587 "
    "or smtps://user:password@host:465"
)


@dataclass(frozen=True)
class Server:
    """Where mail is handed in, and as whom; nobody when there is no user."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def shows_password(self) -> bool:
        """Say whether the password would cross the network in the clear."""
        return bool(self.password) and self.scheme == "smtp"


def url(value: str) -> str:
    """Accept a mail server's address, or nothing."""
    if value:
        server(value)
    return value


def server(value: str) -> Server:
    """Read a mail server's address, or raise ValueError."""
    parts = urlsplit(value)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(SHAPE) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(SHAPE)
    who = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname, port, *who)


def send(message: EmailMessage, to: Server) -> None:
    """Give a message to the server, or raise OSError; certificates are checked."""
    with _connection(to) as connection:
        if to.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if to.user:
            connection.login(to.user, to.password)
        connection.send_message(message)


def _connection(to: Server) -> smtplib.SMTP:
    if to.scheme != "smtps":
        return smtplib.SMTP(to.host, to.port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT, context=context)
