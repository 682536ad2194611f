"""Back-up and restore with the commands of docs/operations.md."""

from concurrent.futures import ThreadPoolExecutor
from threading import Condition

import boto3
import pytest

from deploy.copies import Dumps, Files
from razorpay_sandbox.clock import Clock

# Clock offsets beyond the expiry of links and reservations and the polls of a day.
LATER = (60, 1200, 1500, 3000, 6800, 7000, 29000, 90000)


@pytest.fixture
def clock(shop, tmp_path, monkeypatch):
    """Return `clock(seconds)`, which shifts the clocks of services and sandbox."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))
    shop.sandbox.sandbox.clock = Clock(file)
    return lambda seconds: file.write_text(str(seconds))


@pytest.fixture
def dumps(shop, databases, tmp_path):
    """Return the dumps of the shop; skip on SQLite."""
    if not databases.server:
        pytest.skip("dumps are for PostgreSQL; another test copies SQLite files")
    copies = Dumps(shop, databases, tmp_path)
    yield copies
    copies.drop()


def place(shop, who, product):
    """Place an order; return it with the URL of its payment link."""
    order = shop.order(who, product, expect=201)
    return order, shop.until_link(who, order)


def buy(shop, who, product):
    """Place and pay an order; return it when its status is success."""
    order, url = place(shop, who, product)
    shop.pay(url)
    return shop.until_status(who, order, "success")


def cancel(shop, who, order):
    """Cancel an order and wait until it is cancelled."""
    shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", who, expect=202)
    shop.until_status(who, order, "cancelled")


def purge_queues():
    """Do what `aws sqs purge-queue` does."""
    client = boto3.client("sqs", region_name="ap-south-1")
    for url in client.list_queues()["QueueUrls"]:
        client.purge_queue(QueueUrl=url)


def run_until_idle(shop, clock):
    """Advance the clock until no work is left."""
    for seconds in LATER:
        clock(seconds)
        shop.work()


class Buyer:
    """A customer who places and pays one order after the other until the block ends."""

    def __init__(self, shop, who, product):
        self.shop, self.who, self.product = shop, who, product
        self.bought, self.stopped, self.one_more = [], False, Condition()
        self.pool = ThreadPoolExecutor(1)

    def __enter__(self):
        self.running = self.pool.submit(self._buy)
        self.wait_for_another()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.pool.shutdown()
        self.running.result()

    def _buy(self):
        while not self.stopped:
            order = buy(self.shop, self.who, self.product)
            with self.one_more:
                self.bought.append(order["id"])
                self.one_more.notify()

    def wait_for_another(self):
        """Wait until one more order is paid."""
        count = len(self.bought)
        with self.one_more:
            found = self.one_more.wait_for(lambda: len(self.bought) > count, 60)
        assert found, "no further order was paid"


def orders_of(rows):
    """Return the ids of the orders in rows of the audit."""
    named = ("order", "unknown order", "reservation of an unknown order")
    return {int(row[name]) for row in rows for name in named if name in row}


def orders_never_sent(rows):
    """Return the ids of orders with received messages that order-svc never sent."""
    assert {row["message"] for row in rows} == {"never sent"}
    return {int(row["subject"].removeprefix("orders/")) for row in rows}


def test_orders_that_changed_between_dumps_are_repaired(
    dumps, shop, asha, staff, clock
):
    lamp = shop.product(staff, stock=20)
    kept = buy(shop, asha, lamp)
    paid, paid_url = place(shop, asha, lamp)
    late, late_url = place(shop, asha, lamp)
    cancelled, _ = place(shop, asha, lamp)
    gone, _ = place(shop, asha, lamp)

    def pay_and_cancel():
        shop.pay(paid_url)
        shop.until_status(asha, paid, "success")
        cancel(shop, asha, cancelled)

    dumps.take(pay_and_cancel, lambda: None, lambda: None)
    shop.pay(late_url)
    shop.until_status(asha, late, "success")
    cancel(shop, asha, gone)
    dumps.stop()
    purge_queues()
    dumps.restore()
    run_until_idle(shop, clock)

    wanted = {kept["id"]: "success", paid["id"]: "success", late["id"]: "success"}
    wanted |= {cancelled["id"]: "failed", gone["id"]: "failed"}
    clock(0)  # tokens are verified with the real time
    found = {id_: shop.get_order(asha, {"id": id_})["status"] for id_ in wanted}
    assert found == wanted
    verdicts = dumps.audit()
    assert orders_never_sent(verdicts.pop("I12")) == {paid["id"], cancelled["id"]}
    assert verdicts == {}


def test_the_audit_reports_orders_placed_between_dumps(dumps, shop, asha, staff, clock):
    lamp = shop.product(staff, stock=20)
    kept, sold, held = buy(shop, asha, lamp), [], []

    dumps.take(
        lambda: sold.append(buy(shop, asha, lamp)["id"]),
        lambda: held.append(place(shop, asha, lamp)[0]["id"]),
        lambda: None,
    )
    dumps.stop()
    purge_queues()
    dumps.restore()
    run_until_idle(shop, clock)

    found = dumps.audit()
    assert orders_never_sent(found.pop("I12")) == {*sold}
    assert orders_of(found.pop("I05")) == {*sold}
    assert orders_of(found.pop("I15")) == {*sold, *held}
    assert found == {}
    assert kept["id"] not in {*sold, *held}


def test_a_refund_between_two_dumps_can_be_requested_again(
    dumps, shop, asha, staff, clock
):
    order = buy(shop, asha, shop.product(staff))
    path, body = f"/orders/{order['id']}/refund/", {"amount": "100.00", "reason": "x"}

    def refund():
        shop.call("POST", "orders", path, staff, json=body, expect=202)
        shop.until(
            lambda: shop.get_order(asha, order)["refunded_amount"] == "100.00",
            "the refund is processed",
        )

    dumps.take(refund, lambda: None, lambda: None)
    dumps.stop()
    purge_queues()
    dumps.restore()
    assert set(dumps.audit()) == {"I06", "I12"}

    refund()
    assert orders_never_sent(dumps.audit()["I12"]) == {order["id"]}
    assert set(dumps.audit()) == {"I12"}
    assert [one["amount"] for one in shop.ledger()["refunds"]] == [10000]


def test_a_new_order_never_gets_the_id_of_a_lost_order(dumps, shop, asha, staff):
    lamp = shop.product(staff, stock=20)
    place(shop, asha, lamp)
    lost = []
    buys = [lambda: lost.append(buy(shop, asha, lamp)["id"])] * 3

    dumps.take(*buys)
    purge_queues()
    dumps.restore()
    order, _ = place(shop, shop.sign_up("ravi"), lamp)

    assert order["id"] > max(lost)
    assert order["status"] == "pending"


def test_dumps_can_be_taken_while_a_customer_buys(dumps, shop, asha, staff, clock):
    lamp = shop.product(staff, stock=500)
    with Buyer(shop, asha, lamp) as buyer:
        dumps.take(*[buyer.wait_for_another] * 3)
    dumps.stop()
    purge_queues()
    dumps.restore()
    run_until_idle(shop, clock)
    clock(0)

    page = shop.call("GET", "orders", "/orders/?limit=100", asha, expect=200)["data"]
    known, lost = {one["id"] for one in page}, {*buyer.bought} - {o["id"] for o in page}
    assert known
    assert lost
    assert {one["status"] for one in page} <= {"success", "failed"}
    in_progress = {one["id"] for one in page if one["status"] == "failed"}
    verdicts = dumps.audit()
    assert orders_of(verdicts.pop("I05", [])) <= lost | in_progress
    assert orders_of(verdicts.pop("I06", [])) <= lost | in_progress
    assert orders_of(verdicts.pop("I15", [])) <= lost
    assert {*verdicts} <= {"I07", "I12"}


def test_files_of_a_stopped_shop_are_restored_completely(
    shop, databases, tmp_path, asha, staff, clock
):
    if databases.server:
        pytest.skip("other tests restore PostgreSQL dumps")
    files = Files(shop, databases, tmp_path)
    lamp = shop.product(staff, stock=20)
    kept = buy(shop, asha, lamp)
    late, late_url = place(shop, asha, lamp)

    files.take()
    shop.pay(late_url)
    purge_queues()
    files.restore()

    shop.until_status(asha, late, "success")
    run_until_idle(shop, clock)
    clock(0)
    assert shop.get_order(asha, kept)["status"] == "success"
    assert files.audit() == {}
    files.stop()
