"""Due payments: the next step in their state, and republished captures."""

from datetime import timedelta


def test_a_capture_is_republished_until_the_order_has_settled_it(shop, pass_time):
    order = shop.captured()
    for _ in range(2):
        pass_time(timedelta(seconds=301))
        shop.work()
    assert len(shop.published(order, "payment.captured")) == 3

    shop.settle(order)
    pass_time(timedelta(hours=1))
    shop.work()

    assert len(shop.published(order, "payment.captured")) == 3
    assert shop.payment(order).outcome == "kept"
