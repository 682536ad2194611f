"""Deliver a mail: by SMTP when SMTP_URL is set, otherwise as a file in MAIL_FOLDER."""

import tempfile
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path

from chassis import logging
from user_svc import smtp_urls
from user_svc.config import Settings
from user_svc.email_addresses import sendable
from user_svc.mail import smtp

# Long lines are not wrapped, so that a link can be copied from a file in one piece.
_POLICY = EmailPolicy(max_line_length=400)


def compose(
    message_id: str,
    written_at: datetime,
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
) -> EmailMessage:
    """Build a message; every copy of a mail has the same Message-ID and Date.

    Raises ValueError when an address contains a line break, which would start another
    header.
    """
    message = EmailMessage(policy=_POLICY)
    message["Date"] = written_at
    sender = sendable(sender)
    message["From"], message["To"], message["Subject"] = sender, sendable(to), subject
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: asks for no auto-replies
    message.set_content(text)
    return message


def deliver(message: EmailMessage, settings: Settings) -> None:
    """Send a message or write it to a file; raise OSError when that fails."""
    if settings.smtp_url:
        smtp.send(message, smtp_urls.parse(settings.smtp_url))
        return
    logging.get().info("mail written", path=str(_write(message, settings.mail_folder)))


def _write(message: EmailMessage, mail_folder: str) -> Path:
    """Write a message atomically to a file that only its owner can read."""
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    folder = Path(mail_folder or Path(tempfile.gettempdir()) / "mail")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft, path = folder / f"{name}.new", folder.resolve() / f"{name}.eml"
    draft.touch(mode=0o600)
    draft.write_bytes(message.as_bytes())
    draft.replace(path)
    return path
