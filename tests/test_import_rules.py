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
    "devtools",
)
ONE_DIRECTION = "parts import in one direction"


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """Return `lint(file, line)`: the report on a tree with one more line."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder / "src", tmp_path / folder / "src")
    shutil.copytree(ROOT / "verification", tmp_path / "verification")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    sources = [str(tmp_path), *(str(tmp_path / name / "src") for name in FOLDERS)]
    monkeypatch.setenv("PYTHONPATH", ":".join(sources))

    def run(name=None, line=None):
        if name:
            path = tmp_path / name
            text = path.read_text() if path.exists() else ""
            path.write_text(f"{line}\n{text}")
        return subprocess.run(
            [LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True
        )

    return run


def module(service, name):
    """Return the path of a service's module, whether it is a file or a package."""
    stem = f"{service}/src/{service.replace('-', '_')}/{name}"
    is_package = (ROOT / stem).is_dir()
    return f"{stem}/__init__.py" if is_package else f"{stem}.py"


def chassis(name):
    """Return the path of a module of the chassis."""
    return f"chassis/src/chassis/{name}.py"


def test_the_code_keeps_all_rules(lint):
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
            "modules import downwards",
        ),
        (
            module("payment-svc", "models"),
            "from payment_svc import schemas",
            "modules import downwards",
        ),
        (
            module("user-svc", "jobs"),
            "from chassis.messaging import outbox",
            "only the parts that it uses",
        ),
        (chassis("worker"), "from chassis.messaging import sqs", ONE_DIRECTION),
        (chassis("retention"), "from chassis import web", ONE_DIRECTION),
        (chassis("web/health"), "from chassis.messaging import sqs", ONE_DIRECTION),
        (chassis("web/api"), "from chassis import admin", ONE_DIRECTION),
        (chassis("messaging/sqs"), "from chassis import admin", ONE_DIRECTION),
        (chassis("clock"), "import user_svc", "The chassis knows no"),
        (module("payment-svc", "steps"), "import razorpay", "Only razorpay_service"),
        (
            "devtools/src/devtools/local/ports.py",
            "import devtools.audit.books",
            "The parts of devtools",
        ),
        (
            "devtools/src/devtools/layout.py",
            "import verification",
            "devtools does not import",
        ),
        ("chassis/src/chassis/clock.py", "import devtools", "Nothing that runs in"),
    ],
)
def test_a_violation_is_detected(lint, name, line, rule):
    done = lint(name, line)

    assert done.returncode == 1
    broken = [text for text in done.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(rule in text for text in broken), done.stdout


@pytest.mark.parametrize(
    "name", ["chassis/src/chassis/spare.py", "order-svc/src/order_svc/spare.py"]
)
def test_a_module_that_stands_in_no_layer_is_caught(lint, name):
    done = lint(name, "SPARE = 1")

    assert done.returncode == 1
    assert "spare" in done.stdout
