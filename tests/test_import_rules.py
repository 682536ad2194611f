"""The import rules are kept, and a violation of each rule is detected."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = Path(sys.executable).parent / "lint-imports"
FOLDERS = (
    "chassis",
    "user-svc",
    "product-svc",
    "order-svc",
    "payment-svc",
    "razorpay-sandbox",
)


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """Return `lint(file, line)`: what is said of a tree with one more line."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder / "src", tmp_path / folder / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    sources = [str(tmp_path / folder / "src") for folder in FOLDERS]
    monkeypatch.setenv("PYTHONPATH", ":".join(sources))

    def run(name=None, line=None):
        if name:
            path = tmp_path / name
            path.write_text(f"{line}\n{path.read_text()}")
        return subprocess.run(
            [LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True
        )

    return run


def module(service, name):
    """Return the path of a service's module, whether it is a file or a package."""
    stem = f"{service}/src/{service.replace('-', '_')}/{name}"
    is_package = (ROOT / stem).is_dir()
    return f"{stem}/__init__.py" if is_package else f"{stem}.py"


def test_the_tree_as_it_is_keeps_all_rules(lint):
    done = lint()

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "line", "rule"),
    [
        (module("order-svc", "managers"), "import flask", "Managers and models know"),
        (module("user-svc", "models"), "import urllib3", "Managers and models know"),
        (module("product-svc", "jobs"), "import order_svc", "No service imports"),
        (
            module("order-svc", "managers"),
            "from order_svc import api",
            "rooms import downwards",
        ),
        (
            module("payment-svc", "models"),
            "from payment_svc import schemas",
            "rooms import downwards",
        ),
        ("chassis/src/chassis/clock.py", "import user_svc", "The chassis knows no"),
        (module("payment-svc", "steps"), "import razorpay", "Only razorpay_service"),
    ],
)
def test_a_violation_is_detected(lint, name, line, rule):
    done = lint(name, line)

    assert done.returncode == 1
    broken = [text for text in done.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(rule in text for text in broken), done.stdout
