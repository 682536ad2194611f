"""The address of a mail server in the settings (SMTP_URL)."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from chassis.config import credential

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
SHAPE = (
    "smtp://host:25, smtp+starttls://user:password@host:587 "
    "or smtps://user:password@host:465"
)


@dataclass(frozen=True)
class SmtpServer:
    """A mail server, and the account to sign in with; no user means no sign-in."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def exposes_password(self) -> bool:
        """Whether the password would cross the network unencrypted."""
        return bool(self.password) and self.scheme == "smtp"


def smtp_url(value: str) -> str:
    """Accept the address of a mail server, or an empty text."""
    if value:
        parse(credential(value))
    return value


def parse(url: str) -> SmtpServer:
    """Return the mail server of an address, or raise ValueError."""
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(SHAPE) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(SHAPE)
    account = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(parts.scheme, parts.hostname, port, *account)
