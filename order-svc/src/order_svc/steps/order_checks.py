"""What the worker does for an order that is due.

No transaction is open during a call: the lease is committed before the call, and the
answer is recorded after it. Without a definite answer the order is due again later.
Only an explicit refusal of the commit refunds the payment; a timeout never does.
"""

from collections.abc import Callable
from datetime import timedelta

from chassis import clock, correlation, logging
from chassis.errors import Unavailable
from chassis.failpoints import failpoint
from order_svc import clients
from order_svc.clients import error_code
from order_svc.extensions import db
from order_svc.managers import Impossible, deadline
from order_svc.models import Order, OrderState
from order_svc.steps.checkout import reserve
from order_svc.steps.context import Context


def check_order(order_id: int) -> None:
    """Do what is due for a leased order."""
    failpoint("order.leased")
    work = Context.start()
    order = work.orders.get(order_id)
    correlation.use(order.correlation_id)
    check = CHECKS.get(order.state)
    try:
        if check is not None:
            check(work, order)
    except Impossible:  # logged; another transaction has moved the order
        db.session.rollback()
    failpoint("order.before_check_commit")
    db.session.commit()
    failpoint("order.checked")


def _resume(work: Context, order: Order) -> None:
    """Reserve the stock again, or reject the order after GIVE_UP_AFTER_SECONDS.

    The rejection also releases a reservation that arrives later.
    """
    order_id = order.id
    limit = timedelta(seconds=work.settings.give_up_after_seconds)
    if clock.now() - order.created_at > limit:
        work.saga.pass_deadline(order_id)
    else:
        db.session.commit()
        reserve(work, order_id)


def _wait_for_payment(work: Context, order: Order) -> None:
    if clock.now() >= deadline(order, work.settings):
        work.saga.pass_deadline(order.id)
    else:
        work.saga.request_link_again(order.id)


def _close_again(work: Context, order: Order) -> None:
    """Fire the deadline: in these states it requests the close again."""
    work.saga.pass_deadline(order.id)


def _continue_review(work: Context, order: Order) -> None:
    """Ask for the result of a review again, and prolong or release the stock."""
    work.saga.continue_review(order.id)


def _commit(work: Context, order: Order) -> None:
    order_id = order.id
    db.session.commit()
    failpoint("order.before_commit_call")
    try:
        answer = clients.products().commit(order_id)
    except Unavailable as error:
        logging.get().warning(
            "commit outcome unknown", order_id=order_id, why=error.detail
        )
        work.postpone(Order, order_id)
        return
    failpoint("order.after_commit_call")
    if answer.status == 200:
        work.saga.confirm(order_id)
    elif answer.status == 409:
        work.saga.refuse_commit(order_id, error_code(answer))
    else:
        _alert_unknown(work, order_id)


def _alert_unknown(work: Context, order_id: int) -> None:
    """Alert, without a refund: product-svc has no reservation of a paid order."""
    sentence = "no reservation for a paid order"
    logging.get().error(sentence, order_id=order_id, alert=True)
    work.postpone(Order, order_id)


CHECKS: dict[OrderState, Callable[[Context, Order], None]] = {
    OrderState.PLACED: _resume,
    OrderState.AWAITING_PAYMENT: _wait_for_payment,
    OrderState.EXPIRING: _close_again,
    OrderState.CANCELLING: _close_again,
    OrderState.PAID: _commit,
    OrderState.UNDER_REVIEW: _continue_review,
    OrderState.EXPIRED: _continue_review,
    OrderState.CANCELLED: _continue_review,
    OrderState.REJECTED: _continue_review,
}
