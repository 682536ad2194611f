"""`.env` files are read right however a tool saved them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import env_files

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
LINE_ENDS = ["\n", "\r\n", "\r"]
WINDOWS_LETTERS = "".join(
    bytes([code]).decode("cp1252", errors="ignore") for code in range(0x20, 0x100)
)
names = st.from_regex(r"[A-Z][A-Z0-9_]{0,10}", fullmatch=True)
plain = st.text(WINDOWS_LETTERS).map(
    lambda text: text.replace("'", "").replace("\\", "")
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(
    settings=st.dictionaries(names, plain, min_size=1, max_size=5),
    encoding=st.sampled_from(ENCODINGS),
    line_end=st.sampled_from(LINE_ENDS),
)
def test_what_is_written_in_any_encoding_is_read_back(
    settings: dict[str, str],
    encoding: str,
    line_end: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = "".join(f"{name}='{value}'{line_end}" for name, value in settings.items())
    data = text.encode(encoding)
    ambiguous = encoding == "cp1252" and not text.isascii() and is_utf8(data)
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_bytes(text.encode() if ambiguous else data)

    assert env_files.read(path) == settings


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_windows_file_of_each_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / ".env", "SHOP=Café Ångström 5€\r\nX=1\r\n", encoding)

    assert env_files.read(path) == {"SHOP": "Café Ångström 5€", "X": "1"}


def test_quotes_comments_export_and_dollars_mean_what_they_say(tmp_path: Path) -> None:
    path = write(
        tmp_path / ".env",
        "# a comment\n"
        "export A=1 # why\n"
        "B='it is #1'\n"
        'C="two\\nlines"\n'
        "D=p$ss${HOME}word\n"
        "E=\n"
        "F = spaced \n",
    )

    assert env_files.read(path) == {
        "A": "1",
        "B": "it is #1",
        "C": "two\nlines",
        "D": "p$ss${HOME}word",
        "E": "",
        "F": "spaced",
    }


def test_the_services_file_wins_over_the_roots(tmp_path: Path) -> None:
    write(tmp_path / ".env", "LOG_LEVEL=DEBUG\nCURRENCY=INR\n")
    write(tmp_path / "order-svc" / ".env", "LOG_LEVEL=ERROR\n")

    assert env_files.load(tmp_path, "order-svc") == {
        "LOG_LEVEL": "ERROR",
        "CURRENCY": "INR",
    }


def test_each_service_reads_only_its_own_database_url(tmp_path: Path) -> None:
    write(tmp_path / ".env", "DATABASE_URL=sqlite:///shared.db\n")
    write(tmp_path / "order-svc" / ".env", "DATABASE_URL=sqlite:///orders.db\n")

    assert "DATABASE_URL" not in env_files.load(tmp_path, "user-svc")
    assert env_files.load(tmp_path, "order-svc")["DATABASE_URL"] == (
        "sqlite:///orders.db"
    )


def test_missing_files_are_empty(tmp_path: Path) -> None:
    assert env_files.load(tmp_path, "order-svc") == {}


def test_every_bad_line_is_reported_with_its_file_and_number(tmp_path: Path) -> None:
    root = write(tmp_path / ".env", "A=1\n\n\nwhat is this\nB='open\n")
    own = write(tmp_path / "order-svc" / ".env", "# fine\nLONELY\n")

    with pytest.raises(env_files.EnvFileError) as wrong:
        env_files.load(tmp_path, "order-svc")

    assert wrong.value.problems == [
        f"{root}, line 4: is not of the form NAME=value",
        f"{root}, line 5: is not of the form NAME=value",
        f"{own}, line 2: is not of the form NAME=value",
    ]


def test_bytes_of_no_known_encoding_are_reported(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"A=1\nB=\x81\n")

    with pytest.raises(env_files.EnvFileError, match="line 2: is not Windows-1252"):
        env_files.read(path)
