"""Payments are polled by their plan."""

from datetime import timedelta


def test_a_payment_that_nobody_reported_is_found_by_the_plan(shop, pass_time):
    order = shop.issued()
    shop.pay(order)

    pass_time(timedelta(seconds=11))
    shop.work()

    assert shop.payment(order).status == "COMPLETED"


def test_a_closed_payment_is_polled_five_times(shop, pass_time):
    order = shop.issued()
    shop.close(order)
    shop.work()
    for hours in (1, 5, 18, 48, 48):
        assert shop.payment(order).next_check_at is not None
        pass_time(timedelta(hours=hours, seconds=5))
        shop.work()

    assert shop.payment(order).next_check_at is None
