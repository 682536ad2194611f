"""product-svc in the checkout model; each method is one transaction."""

from chassis.errors import NotFound
from chassis.state_machine import Kind, Transition
from order_svc.models import OrderTrigger, StockCommandKind
from product_svc.models import STOCK_CHANGES, Effect, ReservationTrigger
from verification.model.base import Model
from verification.model.broken import Broken
from verification.model.checkout.state import World

E, S = OrderTrigger, ReservationTrigger
Answered = tuple[World, OrderTrigger | None]
# What the effects of a transition add to the units that are free.
FREED = {
    effect: change.stock - change.reserved for effect, change in STOCK_CHANGES.items()
}


class Stock(Model):
    """The unit and its reservation: reserve, commit, release, restock, expire."""

    def fire_stock(
        self, s: World, trigger: ReservationTrigger
    ) -> tuple[World, Transition]:
        """Make the table's transition and its moves of stock."""
        stock, transition = self.rules.fire("reservation", s.stock, trigger)
        freed = sum(FREED[Effect(effect)] for effect in transition.effects)
        return s._replace(stock=stock, free=s.free + freed), transition

    def reserve(self, s: World) -> Answered:
        """Reserve the unit, or refuse permanently."""
        return self._granted(s, S.RESERVE, E.RESERVED, E.RESERVE_REFUSED)

    def commit(self, s: World) -> Answered:
        """Commit the unit; reserve it again first if it was released."""
        return self._granted(s, S.COMMIT, E.COMMITTED, E.COMMIT_REFUSED)

    def _granted(
        self, s: World, trigger: ReservationTrigger, yes: OrderTrigger, no: OrderTrigger
    ) -> Answered:
        after, transition = self.fire_stock(s, trigger)
        if after.free < 0 and self._checks_stock(trigger):
            return self.fire_stock(s, S.REFUSE)[0], no
        if transition.kind is not Kind.REFUSE:
            return after, yes
        # order-svc raises an alert and retries when the reservation is not found.
        return after, None if transition.error is NotFound else no

    def _checks_stock(self, trigger: ReservationTrigger) -> bool:
        is_blind = self.rules.broken is Broken.COMMIT_NO_RECHECK
        return trigger is S.RESERVE or not is_blind

    def send_command(self, s: World, kind: StockCommandKind) -> World:
        """Execute a stored command; each answer is definite."""
        after, transition = self.fire_stock(s, S(kind))
        if kind is not StockCommandKind.RESTOCK:
            return after
        is_new = transition.kind is Kind.MOVE and not s.returned
        return after._replace(returned=True) if is_new else s
