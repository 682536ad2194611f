"""`flask payments check` and `reconcile` in a terminal."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from chassis import clock
from payment_svc import cli
from payment_svc.extensions import db
from payment_svc.models import Payment, ReconciliationRun
from payment_svc.steps import manual_runs
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


@pytest.fixture
def reconcile(app):
    """Return `reconcile(*options)`: the command's result."""
    runner = app.test_cli_runner()
    return lambda *options: runner.invoke(args=["payments", "reconcile", *options])


def today():
    return f"{clock.now():%Y-%m-%d}"


def test_equal_books_end_with_0_and_progress_goes_to_standard_error(shop, reconcile):
    shop.captured()

    result = reconcile("--since", today())

    assert result.exit_code == 0
    counts = "1 payments, 0 refunds, 0 disputes, 0 differences, 0 for a person."
    assert result.stdout.endswith(f": {counts}\n")
    lines = result.stderr.splitlines()
    assert len(lines) == 4  # two pages of payments, an empty page of the others
    assert " payments " in lines[0]
    assert "payments/s" in lines[0]


def test_what_was_repaired_ends_with_0_and_is_listed(shop, reconcile):
    order = shop.captured()
    capture = shop.payment(order).razorpay_payment_id
    shop.control(f"payments/{capture}/refund", amount=10000)

    result = reconcile("--since", today())
    shop.work()

    assert result.exit_code == 0
    line = (
        f"  refunded_amount {capture}: here 0.00, at Razorpay 100.00 (payment polled)"
    )
    assert line in result.stdout
    assert shop.payment(order).status == "PARTIALLY_REFUNDED"


def test_what_a_person_must_explain_ends_with_1(shop, reconcile):
    order = shop.captured()
    with shop.app.app_context():
        table = Payment.__table__
        db.session.execute(update(table).values(captured_amount=Decimal("498.00")))
        db.session.commit()

    result = reconcile("--since", today())

    assert result.exit_code == 1
    assert "1 differences, 1 for a person." in result.stdout
    assert "here 498.00 INR, at Razorpay captured, 499.00 INR (alert)" in result.stdout
    assert shop.payment(order).captured_amount == Decimal("498.00")


def test_a_long_list_of_differences_names_how_many_are_left_out(
    shop, reconcile, monkeypatch
):
    for order in [shop.captured(), shop.captured()]:
        capture = shop.payment(order).razorpay_payment_id
        shop.control(f"payments/{capture}/refund", amount=10000)
    monkeypatch.setattr(cli, "MOST_SHOWN", 1)

    result = reconcile("--since", today())

    assert result.stdout.endswith("  and 3 more in the panel\n")


def test_an_interrupted_run_is_continued_after_its_lease(shop, reconcile, monkeypatch):
    shop.captured()
    real = manual_runs.time.sleep

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(manual_runs.time, "sleep", interrupt)
    reconcile("--since", today())
    monkeypatch.setattr(manual_runs.time, "sleep", real)
    [run] = shop.rows(ReconciliationRun, is_nightly=False)
    assert (run.state, run.pages) == ("running", 1)

    result = reconcile("--since", today())

    assert result.exit_code == 0
    [run] = shop.rows(ReconciliationRun, is_nightly=False)
    assert (run.state, run.payments) == ("finished", 1)


@pytest.mark.parametrize(
    "options",
    [
        ("--since", "1999-12-31"),
        ("--since", "2026-02-02", "--until", "2026-02-01"),
        ("--since", "yesterday"),
    ],
)
def test_a_period_that_is_none_is_refused(reconcile, shop, options):
    assert reconcile(*options).exit_code == 2
    assert shop.rows(ReconciliationRun) == []
