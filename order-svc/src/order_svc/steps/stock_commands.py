"""What the worker does for a stock command that is due: send it to product-svc."""

from chassis import correlation, logging
from chassis.errors import Unavailable
from chassis.failpoints import failpoint
from chassis.http import Answer
from order_svc import clients
from order_svc.clients import error_code
from order_svc.config import Settings
from order_svc.extensions import db
from order_svc.managers import record_stock_command
from order_svc.models import StockCommand, StockCommandKind, StockCommandState
from order_svc.steps.context import Context


def send_stock_command(command_id: int) -> None:
    """Send a leased command and record the answer; without an answer, postpone it."""
    command = db.session.get_one(StockCommand, command_id)
    correlation.use(command.correlation_id)
    db.session.expunge(command)
    db.session.commit()
    failpoint("order.before_stock_command")
    try:
        answer = _send(command)
    except Unavailable as error:
        logging.get().warning(
            "stock command unanswered", order_id=command.order_id, why=error.detail
        )
        Context.start().postpone(StockCommand, command_id)
    else:
        failpoint("order.after_stock_command")
        _record(command_id, answer)
    db.session.commit()
    failpoint("order.stock_command_recorded")


def _send(command: StockCommand) -> Answer:
    products = clients.products()
    if command.kind == StockCommandKind.RESTOCK:
        items = command.items or []
        return products.restock(command.order_id, command.return_id or "", items)
    if command.kind == StockCommandKind.PROLONG:
        return products.prolong(command.order_id, _prolong_seconds())
    is_final = command.kind == StockCommandKind.RELEASE_FINAL
    return products.release(command.order_id, final=is_final)


def _prolong_seconds() -> int:
    """Return a time that is longer than the pause before the next command."""
    settings = Settings.current()
    return int(settings.review_again_most_seconds) + settings.reservation_seconds


def _record(command_id: int, answer: Answer) -> None:
    is_refused = answer.status == 409
    state = StockCommandState.REFUSED if is_refused else StockCommandState.DONE
    text = f"{answer.status} {error_code(answer)}".strip()
    record_stock_command(db.session, command_id, state, text)
