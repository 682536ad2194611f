"""The output of `make audit`."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from devtools.__main__ import main
from devtools.local import ports
from product_svc.models import Product


def audit(urls, *words):
    """Run the command on four databases; return its result."""
    options = [f"--{name}={url}" for name, url in urls.items()]
    return CliRunner().invoke(main, ["audit", *options, *words])


@pytest.fixture
def spoiled(engines):
    """Return the addresses of databases with a lamp that was never sold."""
    lamps = Product.__table__
    stock = lamps.c.stock_quantity
    with engines["product-svc"].begin() as connection:
        connection.execute(update(lamps).values(stock_quantity=stock + 1))
    yield {
        name: engine.url.render_as_string(hide_password=False)
        for name, engine in engines.items()
    }
    with engines["product-svc"].begin() as connection:
        connection.execute(update(lamps).values(stock_quantity=stock - 1))


def test_a_healthy_shop_is_reported(healthy):
    done = audit(healthy.urls, "--drained", f"--ledger={healthy.sandbox.url}")

    assert done.exit_code == 0, done.output
    assert done.output.count("✓ I") == 19
    assert done.output.endswith("All 19 hold.\n")


def test_a_violation_is_shown_with_its_row_and_what_to_do_next(spoiled):
    done = audit(spoiled, "--drained", "--ledger=none")

    assert done.exit_code == 1
    assert "✗ I03" in done.output
    row = re.search(r"product \d+, stock (\d+), sum of the ledger (\d+)", done.output)
    assert int(row[1]) == int(row[2]) + 1
    assert "Violated: I03." in done.output
    assert "Next steps: change nothing yet." in done.output


def test_while_orders_may_be_in_progress_it_shows_what_was_limited(healthy):
    done = audit(healthy.urls, f"--ledger={healthy.sandbox.url}")

    assert done.exit_code == 0
    assert (
        "I04, I05, I06, I07, I08, I11, I12, I14, I15, I17 were checked" in done.output
    )
    assert "rows that have not changed for 3600 s" in " ".join(done.output.split())


def test_without_a_ledger_the_skipped_invariants_are_shown(healthy):
    done = audit(healthy.urls, "--drained", "--ledger=none")

    assert done.exit_code == 0
    assert "I06, I07, I08 not checked" in done.output
    assert "All 16 hold." in done.output


def test_a_ledger_that_cannot_be_fetched_is_an_error_and_no_verdict(healthy):
    done = audit(healthy.urls, f"--ledger=http://127.0.0.1:{ports.pick()}")

    assert done.exit_code == 1
    assert "The data cannot be read" in done.output
    assert "✓" not in done.output


def test_the_audit_does_not_create_a_shop(var):
    done = CliRunner().invoke(main, ["audit"])

    assert done.exit_code == 1
    assert "make run" in done.output
    assert not var.exists()


def test_the_audit_does_not_create_a_missing_database(healthy, tmp_path):
    nowhere = tmp_path / "nowhere.db"

    done = audit({**healthy.urls, "user-svc": f"sqlite:///{nowhere}"})

    assert done.exit_code == 1
    assert f"no database at {nowhere}" in done.output
    assert not nowhere.exists()
