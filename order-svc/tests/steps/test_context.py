"""The collaborators of a unit of work are made once, on one state machine."""

from typing import Any

from chassis import clock, leases
from order_svc.extensions import db
from order_svc.models import Order
from order_svc.steps import Context


def test_the_manager_and_the_saga_share_one_machine(app: Any) -> None:
    with app.app_context():
        work = Context.start("user:17")

    assert work.orders.machine is work.saga.machine
    assert work.orders.refunds is work.saga.refunds
    assert work.orders.actor == "user:17"


def test_every_attempt_doubles_the_pause_up_to_the_longest(
    shop: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    order = shop.placed()
    pauses = []
    with shop.app.app_context():
        for _ in range(8):
            pass_seconds(61)
            assert leases.lease(Order, 30) == [order]
            Context.start().postpone(Order, order)
            due = db.session.get_one(Order, order, populate_existing=True).next_check_at
            assert due is not None
            pauses.append(round((due - clock.now()).total_seconds()))

    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
