"""The chart's two scripts, run: one buys in a real shop, one starts a command anew."""

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
    """Run `helm test`'s script against the shop while its workers work."""
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


def test_it_buys_and_pays_where_the_sandbox_is(shop, staff):
    lamp = shop.product(staff, stock=5)

    code, said = buy(shop, SANDBOX_URL=shop.sandbox.url)

    assert code == 0, said
    assert "it was paid, and the order is complete" in said
    assert shop.available(lamp) == 4
    [link] = shop.ledger()["links"]
    assert link["status"] == "paid"


def test_it_cancels_where_nobody_can_pay(shop, staff):
    lamp = shop.product(staff, stock=5)

    code, said = buy(shop, SANDBOX_URL="")

    assert code == 0, said
    assert "it was cancelled" in said
    shop.until(lambda: shop.available(lamp) == 5, "the stock is back")


def test_it_says_what_to_do_when_nothing_is_in_stock(shop):
    code, said = buy(shop, SANDBOX_URL=shop.sandbox.url)

    assert code == 1
    assert "nothing is in stock: add a product, or set seed.enabled" in said


def test_it_names_the_service_that_does_not_answer(shop):
    code, said = buy(shop, USER_SVC_URL="http://127.0.0.1:9", PATIENCE="0.1")

    assert code == 1
    assert "http://127.0.0.1:9/readyz/ says ok" in said


@pytest.fixture
def reloaded(tmp_path):
    """Return the code's folder, and what a command under reload.py prints."""
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
        start_new_session=True,  # so that both end, whatever fails
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


def test_a_changed_file_starts_the_command_anew(reloaded):
    folder, process = reloaded
    assert process.stdout.readline() == "first\n"

    (folder / "module.py").write_text("WORD = 'second'\n")

    assert process.stdout.readline() == "reload: the code has changed\n"
    assert process.stdout.readline() == "second\n"


def test_the_command_ends_with_its_container(reloaded):
    _, process = reloaded
    process.stdout.readline()

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) != 0  # the command's own: it was told to end
    assert process.stdout.read() == ""
