"""The saga's news, one verb each: what product-svc answers and payment-svc tells."""

from collections.abc import Mapping
from typing import Any

from order_svc.managers.moves import Moves
from order_svc.managers.news import PAYMENT_SVC, PRODUCT_SVC, Mismatch, News
from order_svc.managers.placing import LEAST, MOST, Prices, total
from order_svc.models import Order, OrderEvent, OrderState

Facts = Mapping[str, Any]


class Saga:
    """Every verb returns the order as it stands after its news.

    Raises NotFound for an order that does not exist, Impossible for what cannot
    happen to one in its state, Mismatch for money that does not fit it.
    """

    moves: Moves

    def mark_reserved(self, order_id: int, prices: Prices) -> Order:
        """Take product-svc's yes, with `{product id: (name, price)}`."""
        facts: dict[str, Any] = {"prices": prices}

        def decide(order: Order) -> OrderEvent:
            facts["total"] = sum_ = total(order.lines, prices)
            if order.state != OrderState.PLACED or LEAST <= sum_ <= MOST:
                return OrderEvent.RESERVED
            facts["refusal"] = {
                "code": "total_out_of_range",
                "detail": f"The total of {sum_} is not within {LEAST} .. {MOST}.",
            }
            return OrderEvent.OUT_OF_RANGE

        news = News("stock.reserved", PRODUCT_SVC, facts=facts)
        return self.moves.apply(order_id, decide, news)[0]

    def reject(self, order_id: int, refusal: Mapping[str, Any]) -> Order:
        """Take product-svc's no; `refusal` is what the client is answered."""
        return self._tell(
            order_id,
            OrderEvent.RESERVE_REFUSED,
            News("stock.refused", PRODUCT_SVC, refusal["code"], {"refusal": refusal}),
        )

    def confirm(self, order_id: int) -> Order:
        """Take product-svc's yes to the commit: the goods are the customer's."""
        news = News("stock.committed", PRODUCT_SVC)
        return self._tell(order_id, OrderEvent.COMMITTED, news)

    def refuse_commit(self, order_id: int, reason: str) -> Order:
        """Take product-svc's no to the commit: the money goes back."""
        news = News("stock.gone", PRODUCT_SVC, reason)
        return self._tell(order_id, OrderEvent.COMMIT_REFUSED, news)

    def pass_deadline(self, order_id: int) -> Order:
        """Do what is due when an order's time is over."""
        return self._tell(order_id, OrderEvent.DEADLINE, News("deadline"))

    def ask_link_again(self, order_id: int) -> Order:
        """Ask for a link once more: a lost message must not kill the order."""
        return self._tell(order_id, OrderEvent.LINK_LATE, News("link.late"))

    def store_link(self, order_id: int, facts: Facts) -> Order:
        """Take `{short_url, expires_at}`."""
        news = News("payment.link_ready", PAYMENT_SVC, facts=facts)
        return self._tell(order_id, OrderEvent.LINK_READY, news)

    def mark_paid(self, order_id: int, facts: Facts) -> Order:
        """Take a capture `{payment_id, amount, currency, accepted?}`: true news."""
        refunds = self.moves.effects.refunds

        def decide(order: Order) -> OrderEvent:
            payment_id = facts["payment_id"]
            if order.payment_id == payment_id or refunds.is_returned(payment_id):
                return OrderEvent.CAPTURED
            _check_amount(order, facts)
            is_first = order.payment_id is None
            return OrderEvent.CAPTURED if is_first else OrderEvent.EXTRA_CAPTURED

        news = News("payment.captured", PAYMENT_SVC, facts=facts)
        return self.moves.apply(order_id, decide, news)[0]

    def mark_closed(self, order_id: int, reason: str) -> Order:
        """Take the news that no money comes through the link any more."""
        news = News("payment.closed", PAYMENT_SVC, reason)
        return self._tell(order_id, OrderEvent.CLOSED, news)

    def record_refund(self, order_id: int, facts: Facts) -> Order:
        """Take a processed refund `{payment_id, refund_id, amount, reason, n}`."""
        refunds = self.moves.effects.refunds

        def decide(order: Order) -> OrderEvent:
            refunds.check(order, facts)
            is_whole = refunds.completes(order, facts)
            whole, part = OrderEvent.REFUND_COMPLETED, OrderEvent.REFUND_PROCESSED
            return whole if is_whole else part

        news = News("refund.processed", PAYMENT_SVC, facts["reason"], facts)
        return self.moves.apply(order_id, decide, news)[0]

    def fail_refund(self, order_id: int, facts: Facts) -> Order:
        """Take a failed refund: a person must look."""
        refunds = self.moves.effects.refunds

        def decide(order: Order) -> OrderEvent:
            refunds.check(order, facts)
            return OrderEvent.REFUND_FAILED

        news = News("refund.failed", PAYMENT_SVC, facts["reason"], facts)
        return self.moves.apply(order_id, decide, news)[0]

    def _tell(self, order_id: int, event: OrderEvent, news: News) -> Order:
        return self.moves.apply(order_id, lambda _: event, news)[0]


def _check_amount(order: Order, facts: Facts) -> None:
    """Refuse money that does not fit; an order without a price returns all of it."""
    if facts.get("accepted") or not order.total_price:
        return
    if (facts["amount"], facts["currency"]) != (order.total_price, order.currency):
        raise Mismatch(
            f"Payment {facts['payment_id']} of order {order.id} is "
            f"{facts['amount']} {facts['currency']}, not "
            f"{order.total_price} {order.currency}."
        )
