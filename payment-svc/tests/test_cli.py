"""`flask payments check` in a terminal."""

import pytest

from payment_svc import cli
from payment_svc.steps.account_checks import Finding


@pytest.fixture
def check(app, monkeypatch):
    """Return `check(*findings)`: the command's result for these findings."""

    def run(*findings):
        monkeypatch.setattr(cli, "check_account", lambda work, wait: iter(findings))
        return app.test_cli_runner().invoke(args=["payments", "check", "--wait", "0"])

    return run


def test_what_is_missing_is_listed_at_the_end_and_the_exit_code_is_one(check):
    result = check(
        Finding(True, "The key works."),
        Finding(False, "The clock is wrong.", "Set the clock."),
        Finding(False, "The clock is still wrong.", "Set the clock."),
        Finding(None, "Nobody knows.", "Look yourself."),
    )

    assert result.exit_code == 1
    assert "✓ The key works." in result.output
    assert "✗ The clock is wrong.\n    Set the clock." in result.output
    assert "? Nobody knows.\n    Look yourself." in result.output
    assert result.output.endswith("Missing:\n  - Set the clock.\n")


def test_without_a_problem_it_says_for_which_payments_the_shop_is_ready(check):
    result = check(Finding(True, "The key works."), Finding(None, "?", "Look."))

    assert result.exit_code == 0
    assert result.output.endswith("Ready for test payments.\n")


def test_the_real_checks_run_in_order_and_show_no_secret(app):
    settings = app.extensions["settings"]

    result = app.test_cli_runner().invoke(args=["payments", "check", "--wait", "0"])

    assert result.exit_code == 1  # nothing listens at this PUBLIC_URL
    assert "Razorpay accepts the key for payment links." in result.output
    assert "is not accepted" in result.output
    for secret in (settings.razorpay_key_secret, settings.razorpay_webhook_secret):
        assert secret not in result.output
