import pytest

from devtools.layout import ROOT
from devtools.local import commands

PAGE = (ROOT / "docs" / "razorpay.md").read_text(encoding="utf-8")
FLASK = "python -m devtools flask payment-svc payments check"


@pytest.fixture
def outside(var, monkeypatch):
    """Start nothing but the command: neither settings nor services are given."""
    for name in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "RAZORPAY_KEY_ID"):
        monkeypatch.delenv(name, raising=False)


def test_a_command_gets_the_settings_of_the_local_run(outside, var, capfd):
    var.mkdir()

    assert commands.run("payment-svc", ("db", "upgrade")) == 0

    assert (var / "payment-svc.db").is_file()


def test_a_command_returns_its_exit_code(outside, var, capfd):
    var.mkdir()

    assert commands.run("payment-svc", ("payments", "no-such-command")) == 2


def test_the_page_of_razorpay_checks_the_local_shop_with_it():
    assert f".venv/bin/{FLASK}\n" in PAGE
