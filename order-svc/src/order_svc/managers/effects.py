"""What a cell of the table does besides moving the order."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, logging
from order_svc import events
from order_svc.config import Times
from order_svc.managers.history import History
from order_svc.managers.news import News
from order_svc.managers.refunds import Refunds
from order_svc.models import (
    Cell,
    Effect,
    Order,
    Owed,
    OwedKind,
    PaymentStatus,
)

Run = Callable[[Order, Cell, News], None]
CLOSED = {"expired": PaymentStatus.EXPIRED, "cancelled": PaymentStatus.CANCELLED}


class Effects:
    """Runs effects in the transaction that has just moved the order."""

    def __init__(self, session: Session, times: Times, history: History) -> None:
        self.session = session
        self.history = history
        self.refunds = Refunds(session, times, history)
        self.table: dict[Effect, Run] = {
            Effect.SET_PRICES: _set_prices,
            Effect.KEEP_REFUSAL: _keep_refusal,
            Effect.REQUEST_PAYMENT: self._request_payment,
            Effect.REQUEST_CLOSE: self._request_close,
            Effect.STORE_LINK: _store_link,
            Effect.CLOSE_PAYMENT: _close_payment,
            Effect.TAKE_PAYMENT: self._take_payment,
            Effect.SETTLE: self._settle,
            Effect.REFUND: self._refund,
            Effect.ASK_REFUND: self._ask_refund,
            Effect.RECORD_REFUND: self._record_refund,
            Effect.FAIL_REFUND: self._fail_refund,
            Effect.RELEASE: self._owe(OwedKind.RELEASE),
            Effect.RELEASE_FINAL: self._owe(OwedKind.RELEASE_FINAL),
            Effect.ALERT: _alert,
        }

    def run(self, order: Order, cell: Cell, news: News) -> None:
        """Run all effects of a cell in their order."""
        for effect in cell.effects:
            self.table[effect](order, cell, news)

    def _request_payment(self, order: Order, _cell: Cell, _news: News) -> None:
        order.payment_status = PaymentStatus.PENDING
        self.history.emit(events.payment_requested(order), order.id)

    def _request_close(self, order: Order, _cell: Cell, _news: News) -> None:
        self.history.emit(events.payment_close_requested(order), order.id)

    def _take_payment(self, order: Order, _cell: Cell, news: News) -> None:
        order.payment_id = news.facts["payment_id"]
        order.captured_amount = news.facts["amount"]
        order.payment_status = PaymentStatus.COMPLETED
        order.short_url = None
        self.refunds.sum_up(order)

    def _settle(self, order: Order, _cell: Cell, news: News) -> None:
        payment_id = news.facts.get("payment_id", order.payment_id)
        self.refunds.settle(order, payment_id)

    def _refund(self, order: Order, cell: Cell, news: News) -> None:
        assert cell.refund is not None
        payment_id = news.facts.get("payment_id", order.payment_id)
        amount = news.facts.get("amount", order.captured_amount)
        self.refunds.give_back(order, payment_id, amount, cell.refund)

    def _ask_refund(self, order: Order, _cell: Cell, news: News) -> None:
        refund = self.refunds.ask(order, news.facts)
        if refund.items:
            return_id = f"refund-{refund.n}"
            self._add_owed(order, OwedKind.RESTOCK, return_id, refund.items)

    def _record_refund(self, order: Order, _cell: Cell, news: News) -> None:
        self.refunds.record(order, news.facts)

    def _fail_refund(self, order: Order, _cell: Cell, news: News) -> None:
        self.refunds.fail(order, news.facts)

    def _owe(self, kind: OwedKind) -> Run:
        return lambda order, _cell, _news: self._add_owed(order, kind)

    def _add_owed(
        self,
        order: Order,
        kind: OwedKind,
        return_id: str | None = None,
        items: list[dict[str, int]] | None = None,
    ) -> None:
        self.session.add(
            Owed(
                order_id=order.id,
                kind=kind,
                return_id=return_id,
                items=items,
                next_check_at=clock.now(),
            )
        )


def _set_prices(order: Order, _cell: Cell, news: News) -> None:
    for item in order.items:
        item.product_name, item.price = news.facts["prices"][item.product_id]
    order.total_price = news.facts["total"]


def _keep_refusal(order: Order, _cell: Cell, news: News) -> None:
    order.refusal = dict(news.facts["refusal"])


def _store_link(order: Order, _cell: Cell, news: News) -> None:
    order.short_url = news.facts["short_url"]
    order.link_expires_at = news.facts["expires_at"]


def _close_payment(order: Order, _cell: Cell, news: News) -> None:
    order.payment_status = CLOSED.get(news.reason, PaymentStatus.FAILED)
    order.short_url = None


def _alert(order: Order, _cell: Cell, news: News) -> None:
    facts: dict[str, Any] = {key: str(value) for key, value in news.facts.items()}
    facts["order_id"] = order.id
    logging.get().error("order needs a person", news=news.name, alert=True, **facts)
