"""The mails that a shop without a mail server has written as files."""

import re
from collections.abc import Collection
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

TOKEN = re.compile(r"(?:^ +|#token=)([\w-]{43})$", re.MULTILINE)


def files(folder: Path) -> set[Path]:
    """Return the files of all mails there are."""
    return set(folder.glob("*.eml"))


def mails(
    folder: Path, address: str, subject: str, but: Collection[Path] = ()
) -> list[EmailMessage]:
    """Return the mails to an address with that subject, except some, newest last."""
    some = sorted(files(folder).difference(but), key=lambda f: f.stat().st_mtime_ns)
    parser = BytesParser(EmailMessage, policy=policy.default)
    messages = (parser.parsebytes(file.read_bytes()) for file in some)
    return [m for m in messages if (m["To"], m["Subject"]) == (address, subject)]


def token(message: EmailMessage) -> str:
    """Return the token in a mail, or an empty text."""
    found = TOKEN.search(message.get_content())
    return found[1] if found else ""
