"""A provider that forgets idempotency keys, as Razorpay's test mode may do."""

import pytest

from chassis.outcomes import Unknown


def answers_lost(service, *, done):
    """Let the next refund's answer be lost; return the calls that are made."""
    real, calls = service.refund, []

    def lose(*args):
        calls.append(args)
        if len(calls) > 1 or done:
            seen = real(*args)
        return seen if len(calls) > 1 else Unknown("lost")

    service.refund = lose
    return calls


@pytest.mark.parametrize(("done", "times"), [(True, 1), (False, 2)])
def test_a_refund_is_looked_for_before_it_is_sent_again(shop, done, times):
    order = shop.captured()
    calls = answers_lost(shop.app.extensions["razorpay"], done=done)
    shop.refund(order, "99.00")
    shop.work()

    shop.make_due()
    shop.work()

    assert len(calls) == times
    assert [refund.state for refund in shop.refunds(order)] == ["processed"]
    assert len(shop.ledger("refunds")) == 1
    shop.check_books()


def test_a_refund_is_not_sent_again_while_nobody_knows_of_the_first(shop):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    calls = answers_lost(service, done=True)
    shop.refund(order, "99.00")
    shop.work()
    service.refunds_of = lambda _: Unknown("HTTP 502")

    for _ in range(3):
        shop.make_due()
        shop.work()
    assert len(calls) == 1
    del service.refunds_of

    shop.make_due()
    shop.work()

    assert len(calls) == 1
    assert [refund.state for refund in shop.refunds(order)] == ["processed"]
