"""`.env` files, read correctly in any encoding that common editors save."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from dotenv.parser import Binding, parse_stream

NAME = ".env"
BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
}


class EnvFileError(ValueError):
    """The problems of a file, one sentence per line, each with the file's name."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(root: Path, service: str) -> dict[str, str]:
    """Read `<root>/<service>/.env` over `<root>/.env`; missing files are empty.

    A `DATABASE_URL` in the root's file is ignored: all four services would share one
    database. Raise EnvFileError with all the lines that cannot be read.
    """
    shared, own = root / NAME, root / service / NAME
    problems: list[str] = []
    values = _collect(shared, problems)
    values.pop("DATABASE_URL", None)
    values.update(_collect(own, problems))
    if problems:
        raise EnvFileError(problems)
    return values


def read(path: Path) -> dict[str, str]:
    """Read one file, or raise EnvFileError with all the lines that cannot be read."""
    problems: list[str] = []
    values = _collect(path, problems)
    if problems:
        raise EnvFileError(problems)
    return values


def _collect(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        text = line_feeds(decode(path, path.read_bytes())[0])
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as wrong:
        problems.append(f"{path}: cannot be read: {wrong.strerror}")
        return {}
    except EnvFileError as wrong:
        problems.extend(wrong.problems)
        return {}
    # The parser alone: python-dotenv's load would put other variables in place of `$`.
    bindings = list(parse_stream(io.StringIO(text)))
    problems.extend(_problems(path, bindings))
    return {b.key: b.value for b in bindings if b.key and b.value is not None}


def _problems(path: Path, bindings: list[Binding]) -> Iterator[str]:
    for binding in bindings:
        if binding.error or (binding.key and binding.value is None):
            # Blank lines before it belong to a binding: count past them.
            source = binding.original.string
            blank = source[: len(source) - len(source.lstrip())].count("\n")
            line = binding.original.line + blank
            yield f"{path}, line {line}: is not of the form NAME=value"


def decode(path: Path, data: bytes) -> tuple[str, str, bool]:
    """Return the text, the encoding, and whether a byte order mark named it."""
    for bom, encoding in BOMS.items():
        if data.startswith(bom):
            return _strict(path, data[len(bom) :], encoding), encoding, True
    encoding = _guess(data)
    return _strict(path, data, encoding), encoding, False


def _guess(data: bytes) -> str:
    """Guess the encoding of bytes without a byte order mark.

    Names and `=` are ASCII, so UTF-16 shows in its NULs and their places. Other
    bytes that are not UTF-8 are Windows-1252: statistics need more letters.
    """
    if b"\0" in data:
        little = data[1::2].count(0) >= data[::2].count(0)
        return "utf-16-le" if little else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _strict(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise EnvFileError(
            [f"{path}, line {line}: is not {LABELS[encoding]}; save it as UTF-8"]
        ) from wrong


def line_feeds(text: str) -> str:
    """Return the text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
