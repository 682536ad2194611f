"""product-svc: the one unit and its reservation; each method is one transaction."""

from order_svc.models import OrderEvent, OwedKind
from product_svc.models import Trigger
from product_svc.models.reservations import Answer
from verification.model.base import Model
from verification.model.broken import Broken
from verification.model.checkout.state import World

E = OrderEvent
Answered = tuple[World, OrderEvent | None]
GOOD = (None, Answer.SAME)


class Stock(Model):
    """Reserve, commit, release, restock, expire."""

    def move_stock(self, s: World, trigger: Trigger) -> tuple[World, Answer | None]:
        """Make the table's move, or return the answer that changes nothing."""
        cell = self.rules.stock(s.stock, trigger)
        if isinstance(cell, Answer):
            return s, cell
        free = s.free + cell.stock - cell.reserved
        return s._replace(stock=cell.to, free=free), None

    def reserve(self, s: World) -> Answered:
        """Hold the unit, or refuse for good."""
        return self._had_or_refused(s, Trigger.RESERVE, E.RESERVED, E.RESERVE_REFUSED)

    def commit(self, s: World) -> Answered:
        """Take the unit, off the shelf again if it was let go."""
        return self._had_or_refused(s, Trigger.COMMIT, E.COMMITTED, E.COMMIT_REFUSED)

    def _had_or_refused(
        self, s: World, trigger: Trigger, yes: OrderEvent, no: OrderEvent
    ) -> Answered:
        after, answer = self.move_stock(s, trigger)
        if after.free < 0 and self._looks_again(trigger):
            return self.move_stock(s, Trigger.REFUSE)[0], no
        if answer is Answer.UNKNOWN:
            return s, None  # order-svc calls a person and asks again
        return after, yes if answer in GOOD else no

    def _looks_again(self, trigger: Trigger) -> bool:
        is_blind = self.rules.broken is Broken.COMMIT_NO_RECHECK
        return trigger is Trigger.RESERVE or not is_blind

    def pay_debt(self, s: World, kind: OwedKind) -> World:
        """Take what order-svc owes; each answer is definite."""
        if kind is OwedKind.RELEASE:
            return self.move_stock(s, Trigger.RELEASE)[0]
        if kind is OwedKind.RELEASE_FINAL:
            return self.move_stock(s, Trigger.RELEASE_FINAL)[0]
        after, answer = self.move_stock(s, Trigger.RESTOCK)
        is_new = answer is None and not s.returned
        return after._replace(returned=True) if is_new else s
