"""Every command prints where the terminal or pipe has only ASCII."""

import os
import subprocess
import sys

import pytest

from devtools.layout import ROOT

TABLE = """
from rich.table import Table
from devtools.terminal import console
table = Table(title="Tests")
table.add_column("→")
table.add_row("✓ Zoë")
console().rule("SQLite")
console().print("• done", table)
"""
SAY = "import sys; sys.path.insert(0, 'devtools'); import install; install._say('…')"
ENVIRONMENTS = [
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


def run(environ, *words):
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
    )


@pytest.mark.parametrize("environ", ENVIRONMENTS, ids=["PYTHONIOENCODING", "C"])
def test_a_table_and_a_rule_are_drawn_in_ascii(environ, tmp_path):
    script = tmp_path / "table.py"
    script.write_text(TABLE, encoding="utf-8")

    done = run(environ, script)

    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode("ascii")
    assert "* done" in lines
    assert r"+ Zo\u00eb" in lines


@pytest.mark.parametrize(
    "words",
    [("-c", SAY), ("-m", "devtools", "normalize-env"), ("-m", "devtools", "--help")],
    ids=["install", "normalize-env", "help"],
)
def test_a_command_does_not_fail(words):
    done = run(ENVIRONMENTS[0], *words)

    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.isascii()
    assert done.stdout
