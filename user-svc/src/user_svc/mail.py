"""Mail leaves here: by SMTP when there is a server, else as a file to be opened."""

import tempfile
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path

from chassis import logging
from user_svc import smtp
from user_svc.config import Settings

# Links are not broken in two: who reads a file can copy them.
_POLICY = EmailPolicy(max_line_length=400)


def compose(
    name: str, at: datetime, sender: str, to: str, subject: str, text: str
) -> EmailMessage:
    """Make a message; the same name makes the same Message-ID, so a copy is known.

    `at` is when it was written, however late it leaves. Raises ValueError for a line
    break in an address: it would be another header.
    """
    message = EmailMessage(policy=_POLICY)
    message["Date"] = at
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday replies
    message.set_content(text)
    return message


def deliver(message: EmailMessage, settings: Settings) -> None:
    """Send a message or write it down; raises OSError when neither can be done."""
    if settings.smtp_url:
        smtp.send(message, smtp.server(settings.smtp_url))
        return
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    logging.get().info("mail written", path=str(_write(message, settings, name)))


def _write(message: EmailMessage, settings: Settings, name: str) -> Path:
    """Write a message for its owner's eyes alone, whole or not at all."""
    folder = Path(settings.mail_folder or Path(tempfile.gettempdir()) / "mail")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft, path = folder / f"{name}.new", folder.resolve() / f"{name}.eml"
    draft.touch(mode=0o600)
    draft.write_bytes(message.as_bytes())
    draft.replace(path)
    return path
