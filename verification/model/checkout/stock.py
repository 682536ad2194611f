"""product-svc in the checkout model; each method is one transaction."""

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
    """The unit and its reservation: reserve, commit, release, restock, expire."""

    def move_stock(self, s: World, trigger: Trigger) -> tuple[World, Answer | None]:
        """Make the table's transition, or return the answer that changes nothing."""
        cell = self.rules.stock(s.stock, trigger)
        if isinstance(cell, Answer):
            return s, cell
        free = s.free + cell.stock - cell.reserved
        return s._replace(stock=cell.to, free=free), None

    def reserve(self, s: World) -> Answered:
        """Reserve the unit, or refuse permanently."""
        return self._granted(s, Trigger.RESERVE, E.RESERVED, E.RESERVE_REFUSED)

    def commit(self, s: World) -> Answered:
        """Commit the unit; reserve it again first if it was released."""
        return self._granted(s, Trigger.COMMIT, E.COMMITTED, E.COMMIT_REFUSED)

    def _granted(
        self, s: World, trigger: Trigger, yes: OrderEvent, no: OrderEvent
    ) -> Answered:
        after, answer = self.move_stock(s, trigger)
        if after.free < 0 and self._checks_stock(trigger):
            return self.move_stock(s, Trigger.REFUSE)[0], no
        if answer is Answer.UNKNOWN:
            return s, None  # order-svc raises an alert and retries
        return after, yes if answer in GOOD else no

    def _checks_stock(self, trigger: Trigger) -> bool:
        is_blind = self.rules.broken is Broken.COMMIT_NO_RECHECK
        return trigger is Trigger.RESERVE or not is_blind

    def send_command(self, s: World, kind: OwedKind) -> World:
        """Execute a compensation or restock; each answer is definite."""
        if kind is OwedKind.RELEASE:
            return self.move_stock(s, Trigger.RELEASE)[0]
        if kind is OwedKind.RELEASE_FINAL:
            return self.move_stock(s, Trigger.RELEASE_FINAL)[0]
        after, answer = self.move_stock(s, Trigger.RESTOCK)
        is_new = answer is None and not s.returned
        return after._replace(returned=True) if is_new else s
