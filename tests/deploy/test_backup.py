"""What docs/operations.md says of back-up and restore, with its own commands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Condition

import boto3
import pytest

from deploy.copies import Dumps, Files
from razorpay_sandbox.clock import Clock

# Past every link's end, every reservation, and the looks at closed links of a day.
LATER = (60, 1200, 1500, 3000, 6800, 7000, 29000, 90000)


@pytest.fixture
def clock(shop, tmp_path, monkeypatch):
    """Return `clock(seconds)`, which moves the services' clock and Razorpay's."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))
    shop.sandbox.sandbox.clock = Clock(file)
    return lambda seconds: file.write_text(str(seconds))


@pytest.fixture
def dumps(shop, databases, tmp_path):
    """Return the shop's dumps; on SQLite there are none."""
    if not databases.server:
        pytest.skip("dumps are of PostgreSQL; SQLite's files have a test of their own")
    copies = Dumps(shop, databases, tmp_path)
    yield copies
    copies.drop()


def ready(shop, who, product):
    """Place an order and return it with the address of its link."""
    order = shop.order(who, product, expect=201)
    return order, shop.until_link(who, order)


def buy(shop, who, product):
    """Place an order, pay it and return it."""
    order, url = ready(shop, who, product)
    shop.pay(url)
    return shop.until_status(who, order, "success")


def cancel(shop, who, order):
    """Cancel an order and wait until it is."""
    shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", who, expect=202)
    shop.until_status(who, order, "cancelled")


def empty_the_queues():
    """Do what `aws sqs purge-queue` does."""
    client = boto3.client("sqs", region_name="ap-south-1")
    for url in client.list_queues()["QueueUrls"]:
        client.purge_queue(QueueUrl=url)


def come_to_rest(shop, clock):
    """Let so much time pass that nothing is under way any more."""
    for seconds in LATER:
        clock(seconds)
        shop.work()


class Buyer:
    """A customer who buys one thing after the other until the block ends."""

    def __init__(self, shop, who, product):
        self.shop, self.who, self.product = shop, who, product
        self.bought, self.is_over, self.one_more = [], False, Condition()
        self.pool = ThreadPoolExecutor(1)

    def __enter__(self):
        self.running = self.pool.submit(self._buy)
        self.wait_for_another()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.pool.shutdown()
        self.running.result()

    def _buy(self):
        while not self.is_over:
            order = buy(self.shop, self.who, self.product)
            with self.one_more:
                self.bought.append(order["id"])
                self.one_more.notify()

    def wait_for_another(self):
        """Wait until one more order is paid."""
        so_far = len(self.bought)
        with self.one_more:
            come = self.one_more.wait_for(lambda: len(self.bought) > so_far, 60)
        assert come, "the customer buys no more"


def orders_of(rows):
    """Return the numbers of the orders that rows of the audit are about."""
    named = ("order", "unknown order", "reservation of an unknown order")
    return {int(row[name]) for row in rows for name in named if name in row}


def orders_unsaid(rows):
    """Return whose messages were heard that order-svc does not know it has sent."""
    assert {row["message"] for row in rows} == {"never sent"}
    return {int(row["subject"].removeprefix("orders/")) for row in rows}


def test_what_moved_meanwhile_comes_to_rest_by_itself(dumps, shop, asha, staff, clock):
    lamp = shop.product(staff, stock=20)
    kept = buy(shop, asha, lamp)
    paid, paid_url = ready(shop, asha, lamp)
    late, late_url = ready(shop, asha, lamp)
    cancelled, _ = ready(shop, asha, lamp)
    gone, _ = ready(shop, asha, lamp)

    def pay_and_cancel():
        shop.pay(paid_url)
        shop.until_status(asha, paid, "success")
        cancel(shop, asha, cancelled)

    dumps.take(pay_and_cancel, lambda: None, lambda: None)
    shop.pay(late_url)
    shop.until_status(asha, late, "success")
    cancel(shop, asha, gone)
    dumps.stop()
    empty_the_queues()
    dumps.restore()
    come_to_rest(shop, clock)

    wanted = {kept["id"]: "success", paid["id"]: "success", late["id"]: "success"}
    wanted |= {cancelled["id"]: "failed", gone["id"]: "failed"}
    clock(0)  # tokens are judged by the true time
    found = {id_: shop.get_order(asha, {"id": id_})["status"] for id_ in wanted}
    assert found == wanted
    verdicts = dumps.audit()
    assert orders_unsaid(verdicts.pop("I12")) == {paid["id"], cancelled["id"]}
    assert verdicts == {}


def test_what_was_begun_meanwhile_is_named_by_the_audit(
    dumps, shop, asha, staff, clock
):
    lamp = shop.product(staff, stock=20)
    kept, sold, held = buy(shop, asha, lamp), [], []

    dumps.take(
        lambda: sold.append(buy(shop, asha, lamp)["id"]),
        lambda: held.append(ready(shop, asha, lamp)[0]["id"]),
        lambda: None,
    )
    dumps.stop()
    empty_the_queues()
    dumps.restore()
    come_to_rest(shop, clock)

    found = dumps.audit()
    assert orders_unsaid(found.pop("I12")) == {*sold}
    assert orders_of(found.pop("I05")) == {*sold}
    assert orders_of(found.pop("I15")) == {*sold, *held}
    assert found == {}
    assert kept["id"] not in {*sold, *held}


def test_a_refund_between_two_dumps_is_asked_for_again(dumps, shop, asha, staff, clock):
    order = buy(shop, asha, shop.product(staff))
    path, wish = f"/orders/{order['id']}/refund/", {"amount": "100.00", "reason": "x"}

    def refund():
        shop.call("POST", "orders", path, staff, json=wish, expect=202)
        shop.until(
            lambda: shop.get_order(asha, order)["refunded_amount"] == "100.00",
            "the refund is made",
        )

    dumps.take(refund, lambda: None, lambda: None)
    dumps.stop()
    empty_the_queues()
    dumps.restore()
    assert set(dumps.audit()) == {"I06", "I12"}

    refund()
    assert orders_unsaid(dumps.audit()["I12"]) == {order["id"]}
    assert set(dumps.audit()) == {"I12"}
    assert [one["amount"] for one in shop.ledger()["refunds"]] == [10000]


def test_a_new_order_gets_no_number_that_a_lost_one_had(dumps, shop, asha, staff):
    lamp = shop.product(staff, stock=20)
    ready(shop, asha, lamp)
    lost = []
    buys = [lambda: lost.append(buy(shop, asha, lamp)["id"])] * 3

    dumps.take(*buys)
    empty_the_queues()
    dumps.restore()
    order, _ = ready(shop, shop.sign_up("ravi"), lamp)

    assert order["id"] > max(lost)
    assert order["status"] == "pending"


def test_dumps_are_taken_while_a_customer_buys(dumps, shop, asha, staff, clock):
    lamp = shop.product(staff, stock=500)
    with Buyer(shop, asha, lamp) as buyer:
        dumps.take(*[buyer.wait_for_another] * 3)
    dumps.stop()
    empty_the_queues()
    dumps.restore()
    come_to_rest(shop, clock)
    clock(0)

    page = shop.call("GET", "orders", "/orders/?limit=100", asha, expect=200)["data"]
    known, lost = {one["id"] for one in page}, {*buyer.bought} - {o["id"] for o in page}
    assert known
    assert lost
    assert {one["status"] for one in page} <= {"success", "failed"}
    caught = {one["id"] for one in page if one["status"] == "failed"}  # on its way then
    verdicts = dumps.audit()
    assert orders_of(verdicts.pop("I05", [])) <= lost | caught
    assert orders_of(verdicts.pop("I06", [])) <= lost | caught
    assert orders_of(verdicts.pop("I15", [])) <= lost
    assert {*verdicts} <= {"I07", "I12"}


def test_files_of_a_shop_at_rest_come_back_whole(
    shop, databases, tmp_path, asha, staff, clock
):
    if databases.server:
        pytest.skip("PostgreSQL's dumps have tests of their own")
    files = Files(shop, databases, tmp_path)
    lamp = shop.product(staff, stock=20)
    kept = buy(shop, asha, lamp)
    late, late_url = ready(shop, asha, lamp)

    files.take()
    shop.pay(late_url)
    empty_the_queues()
    files.restore()

    shop.until_status(asha, late, "success")
    come_to_rest(shop, clock)
    clock(0)
    assert shop.get_order(asha, kept)["status"] == "success"
    assert files.audit() == {}
    files.stop()
