import subprocess
import sys

from click.testing import CliRunner

from devtools import layout
from devtools.__main__ import main
from devtools.local.ports import pick

OLD = """
import sys
sys.version_info = (3, 8, 1)
exec(open("devtools/bootstrap.py").read())
"""


def test_make_alone_lists_every_command():
    done = subprocess.run(
        ["make"], cwd=layout.ROOT, capture_output=True, text=True, check=True
    )

    for name in (
        "run",
        "demo",
        "audit",
        "stop",
        "clean",
        "compose",
        "compose-down",
        "images",
        "sbom",
        "kind",
        "kind-down",
        "test",
        "e2e",
        "operations",
        "faults",
        "fuzz",
        "bench",
        "mutants",
        "mutation",
        "model",
        "lint",
        "format",
        "coverage",
        "vulnerabilities",
        "compat",
        "release",
        "publish",
        "diagrams",
        "normalize-env",
    ):
        assert f"make {name} " in done.stdout


def test_an_old_python_is_told_what_to_do():
    done = subprocess.run(
        [sys.executable, "-c", OLD], cwd=layout.ROOT, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.8 is too old; 3.11 or newer is needed, "
        "e.g. PYTHON=python3.12 make run\n"
    )


def test_the_demo_without_a_shop_says_how_to_start_one(var, monkeypatch):
    monkeypatch.setenv("USER_SVC_PORT", str(pick()))

    done = CliRunner().invoke(main, ["demo"])

    assert done.exit_code == 1
    assert "Is the shop running? make run starts it." in done.output


def test_normalize_env_says_what_it_changed(root, monkeypatch):
    monkeypatch.setattr(layout, "ROOT", root)
    (root / ".env").write_bytes("A=é\r\n".encode("cp1252"))
    (root / "order-svc" / ".env").write_text("B=1\n")

    first = CliRunner().invoke(main, ["normalize-env"]).output
    second = CliRunner().invoke(main, ["normalize-env"]).output

    assert "Windows-1252, CRLF line ends → UTF-8 with LF; backup in .env.bak" in first
    assert "order-svc" not in first
    assert second.startswith("2 .env files found, all of them UTF-8 with LF already.")
