"""The scripts of the chart: buy.py buys in a running shop, reload.py restarts."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest

from devtools.chart.render import CHART

BUY, RELOAD = (CHART / "files" / name for name in ("buy.py", "reload.py"))


def buy(shop, **environ):
    """Run the script of `helm test` against the shop, and run the workers meanwhile."""
    names = {"USER_SVC": "users", "PRODUCT_SVC": "products"}
    names |= {"ORDER_SVC": "orders", "PAYMENT_SVC": "payments"}
    urls = {f"{name}_URL": shop.urls[key] for name, key in names.items()}
    process = subprocess.Popen(
        [sys.executable, "-u", str(BUY)],
        env={**os.environ, **urls, "PATIENCE": "120", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while process.poll() is None:
        shop.work()
    return process.returncode, process.communicate()[0]


def test_with_a_sandbox_the_order_is_paid(shop, staff):
    lamp = shop.product(staff, stock=5)

    code, text = buy(shop, SANDBOX_URL=shop.sandbox.url)

    assert code == 0, text
    assert "the order was paid and is complete" in text
    assert shop.available(lamp) == 4
    [link] = shop.ledger()["links"]
    assert link["status"] == "paid"


def test_without_a_sandbox_the_order_is_cancelled(shop, staff):
    lamp = shop.product(staff, stock=5)

    code, text = buy(shop, SANDBOX_URL="")

    assert code == 0, text
    assert "the order was cancelled" in text
    shop.until(lambda: shop.available(lamp) == 5, "the stock is released")


def test_without_stock_the_error_tells_how_to_add_a_product(shop):
    code, text = buy(shop, SANDBOX_URL=shop.sandbox.url)

    assert code == 1
    assert "no product is in stock: add a product, or set seed.enabled" in text


def test_the_error_names_a_service_that_is_not_ready(shop):
    code, text = buy(shop, USER_SVC_URL="http://127.0.0.1:9", PATIENCE="0.1")

    assert code == 1
    assert "http://127.0.0.1:9/readyz/ answers 200" in text


@pytest.fixture
def reloaded(tmp_path):
    """Return a folder of code and a process that runs it under reload.py."""
    (tmp_path / "module.py").write_text("WORD = 'first'\n")
    program = "import module, signal; print(module.WORD, flush=True); signal.pause()"
    process = subprocess.Popen(
        [sys.executable, str(RELOAD), sys.executable, "-c", program],
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RELOAD_PAUSE": "0.05",
        },
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the fixture can end both processes
    )

    def end():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    alarm = threading.Timer(60, end)
    alarm.start()
    yield tmp_path, process
    alarm.cancel()
    end()
    process.communicate()


def test_a_changed_file_restarts_the_command(reloaded):
    folder, process = reloaded
    assert process.stdout.readline() == "first\n"

    (folder / "module.py").write_text("WORD = 'second'\n")

    assert process.stdout.readline() == "reload: files have changed\n"
    assert process.stdout.readline() == "second\n"


def test_sigterm_ends_the_command(reloaded):
    _, process = reloaded
    process.stdout.readline()

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) != 0  # the exit code of the command
    assert process.stdout.read() == ""
