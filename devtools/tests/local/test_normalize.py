"""`.env` files are rewritten as UTF-8 with LF, and nothing is lost on the way."""

import os
from pathlib import Path

import pytest

from chassis.env_files import read
from devtools.local.normalize import normalize


def write(path: Path, text: str, encoding: str) -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_normalizing_keeps_backups_and_access_rights(tmp_path: Path) -> None:
    path = write(tmp_path / ".env", "A=é\r\n", "utf-16")
    path.chmod(0o600)

    change = normalize(path)

    assert path.read_bytes() == "A=é\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(change) == (
        f"{path}: UTF-16 LE with byte order mark, CRLF line ends → UTF-8 with LF; "
        "backup in .env.bak"
    )
    assert (tmp_path / ".env.bak").read_bytes() == "A=é\r\n".encode("utf-16")

    write(path, "B=1\r", "utf-8")
    normalize(path)

    assert (tmp_path / ".env.bak.1").read_bytes() == b"B=1\r"
    assert sorted(os.listdir(tmp_path)) == [".env", ".env.bak", ".env.bak.1"]


def test_what_is_clean_already_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / ".env", "A=1\r\n", "utf-16")

    assert normalize(path) is not None
    assert normalize(path) is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_a_rewritten_file_says_what_it_said(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    path = write(tmp_path / ".env", f"A='caf\u00e9 1'{line_end}B=2{line_end}", encoding)
    before = read(path)

    normalize(path)

    assert read(path) == before == {"A": "caf\u00e9 1", "B": "2"}
    assert path.read_bytes() == "A='caf\u00e9 1'\nB=2\n".encode()


def test_a_missing_file_needs_no_change(tmp_path: Path) -> None:
    assert normalize(tmp_path / ".env") is None
