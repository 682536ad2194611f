"""Commands and log lines can be printed whatever the encoding of the output is."""

import io
import json
import sys

import pytest

from chassis import output


@pytest.fixture
def printed(monkeypatch):
    """Return `printed(text)`: the bytes that an output with only ASCII gets."""

    def run(text):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
        output.spell()
        sys.stdout.write(text)
        sys.stdout.flush()
        return raw.getvalue()

    return run


def test_signs_are_spelled(printed):
    assert printed("✓ ✗ • a → b … ₹5") == b"+ x * a -> b ... Rs 5"


def test_letters_are_escaped_so_that_a_log_line_stays_json(printed):
    line = printed('{"name": "Zoë 🪔"}')

    assert line == b'{"name": "Zo\\u00eb \\ud83e\\ude94"}'
    assert json.loads(line) == {"name": "Zoë 🪔"}


def test_what_the_encoding_has_is_printed_as_it_is(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, "utf-8"))
    output.spell()

    sys.stderr.write("✓ Zoë")
    sys.stderr.flush()

    assert raw.getvalue() == "✓ Zoë".encode()


def test_a_half_of_a_surrogate_pair_is_escaped(printed):
    assert printed("\udc80") == b"\\udc80"


def test_an_output_that_is_no_file_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    output.spell()


def test_only_encoding_is_repaired():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", output.ERRORS)
