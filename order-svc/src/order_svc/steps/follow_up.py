"""What the worker does for an order, a refund or a debt that is due.

Each claims its row in one transaction, calls outside of any, and takes the answer in
another; without a definite answer it tries again later. Only an explicit refusal of a
commit refunds, never a timeout.
"""

from collections.abc import Callable
from datetime import timedelta

from chassis import clock, correlation, logging
from chassis.errors import Unavailable
from chassis.failpoints import failpoint
from chassis.http import Answer
from order_svc import clients
from order_svc.extensions import db
from order_svc.managers import Impossible, deadline
from order_svc.models import Order, OrderState, Owed, OwedKind, OwedState
from order_svc.steps.checkout import reserve
from order_svc.steps.context import due, manager, settings


def check_order(order_id: int) -> bool:
    """Do what is due for an order; say whether it was our turn."""
    order: Order | None = due().claim(Order, order_id)
    if order is None:
        db.session.rollback()
        return False
    correlation.use(order.correlation_id)
    db.session.commit()  # the claim holds, even when what follows fails
    failpoint("order.claimed")
    try:
        CHECKS[order.state](order)
    except Impossible:  # alerted already: somebody else has moved the order
        db.session.rollback()
    failpoint("order.before_check_commit")
    db.session.commit()
    failpoint("order.checked")
    return True


def _resume(order: Order) -> None:
    """Ask for the stock again, or give up: what was asked may still arrive."""
    order_id = order.id
    patience = timedelta(seconds=settings().give_up_after_seconds)
    if clock.now() - order.created_at > patience:
        manager().pass_deadline(order_id)
    else:
        db.session.commit()
        reserve(order_id)


def _wait_for_payment(order: Order) -> None:
    if clock.now() >= deadline(order, settings()):
        manager().pass_deadline(order.id)
    else:
        manager().ask_link_again(order.id)


def _close_again(order: Order) -> None:
    manager().pass_deadline(order.id)


def _commit(order: Order) -> None:
    order_id = order.id
    db.session.commit()
    failpoint("order.before_commit_call")
    try:
        answer = clients.products().commit(order_id)
    except Unavailable as error:
        logging.get().warning("commit unknown", order_id=order_id, why=error.detail)
        due().postpone(Order, order_id)
        return
    failpoint("order.after_commit_call")
    if answer.status == 200:
        manager().confirm(order_id)
    elif answer.status == 409:
        manager().refuse_commit(order_id, _code(answer))
    else:
        _alert_unknown(order_id)


def _alert_unknown(order_id: int) -> None:
    """Call a person: product-svc has lost a paid order's stock; never a refund."""
    sentence = "product-svc does not know a paid order"
    logging.get().error(sentence, order_id=order_id, alert=True)
    due().postpone(Order, order_id)


def _code(answer: Answer) -> str:
    return str(answer.data.get("code", "")) if isinstance(answer.data, dict) else ""


CHECKS: dict[OrderState, Callable[[Order], None]] = {
    OrderState.PLACED: _resume,
    OrderState.AWAITING_PAYMENT: _wait_for_payment,
    OrderState.EXPIRING: _close_again,
    OrderState.CANCELLING: _close_again,
    OrderState.PAID: _commit,
}


def pay_debt(owed_id: int) -> bool:
    """Tell product-svc what it is owed; say whether it was our turn."""
    owed: Owed | None = due().claim(Owed, owed_id)
    if owed is None or owed.state != OwedState.OWED:
        db.session.rollback()
        return False
    correlation.use(owed.correlation_id)
    kind, order_id = owed.kind, owed.order_id
    return_id, items = owed.return_id or "", owed.items or []
    db.session.commit()
    failpoint("order.before_debt_call")
    try:
        answer = CALLS[kind](order_id, return_id, items)
    except Unavailable as error:
        logging.get().warning("debt unpaid", order_id=order_id, why=error.detail)
        due().postpone(Owed, owed_id)
    else:
        failpoint("order.after_debt_call")
        is_refused = answer.status == 409
        state = OwedState.REFUSED if is_refused else OwedState.DONE
        due().settle_debt(owed_id, state, f"{answer.status} {_code(answer)}".strip())
    db.session.commit()
    return True


Call = Callable[[int, str, list[dict[str, int]]], Answer]
CALLS: dict[OwedKind, Call] = {
    OwedKind.RELEASE: lambda order_id, *_: clients.products().release(
        order_id, final=False
    ),
    OwedKind.RELEASE_FINAL: lambda order_id, *_: clients.products().release(
        order_id, final=True
    ),
    OwedKind.RESTOCK: lambda order_id, return_id, items: clients.products().restock(
        order_id, return_id, items
    ),
}


def ask_refund_again(refund_id: int) -> bool:
    """Emit refund.requested again for an unanswered refund."""
    asked = due().ask_refund_again(refund_id)
    failpoint("order.refund_asked_again")
    db.session.commit()
    return asked
