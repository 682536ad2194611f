"""Rewrites `.env` files as UTF-8 with LF line ends, whatever tool saved them."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chassis.env_files import LABELS, decode, line_feeds


@dataclass(frozen=True)
class Change:
    """What `normalize` changed in a file, and its backup."""

    path: Path
    backup: Path
    was: list[str]

    def __str__(self) -> str:
        was = ", ".join(self.was)
        return f"{self.path}: {was} → UTF-8 with LF; backup in {self.backup.name}"


def normalize(path: Path) -> Change | None:
    """Rewrite a file as UTF-8 with LF line ends, keeping a numbered backup.

    Return None when there is nothing to change, or no file. The new file replaces the
    old one at once, with the same access rights.
    """
    if not path.is_file():
        return None
    real = path.resolve()
    data = real.read_bytes()
    text, encoding, bom = decode(path, data)
    clean = line_feeds(text)
    if clean.encode() == data:
        return None
    backup = _free_backup(path)
    shutil.copy2(real, backup)
    _replace(real, clean)
    return Change(path, backup, list(_oddities(text, encoding, bom)))


def _oddities(text: str, encoding: str, bom: bool) -> Iterator[str]:
    if encoding != "utf-8" or bom:
        yield LABELS[encoding] + (" with byte order mark" if bom else "")
    if "\r\n" in text:
        yield "CRLF line ends"
    if "\r" in text.replace("\r\n", ""):
        yield "CR line ends"


def _free_backup(path: Path) -> Path:
    backup, number = path.with_name(path.name + ".bak"), 0
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.bak.{number}")
    return backup


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    shutil.copy2(path, draft)  # copies the permissions
    draft.write_bytes(text.encode())
    draft.replace(path)
