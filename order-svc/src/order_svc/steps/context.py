"""The collaborators of one unit of work: a request, a message or a job's row."""

from dataclasses import dataclass
from typing import Any, Self

from chassis import leases
from order_svc.config import Settings
from order_svc.extensions import db
from order_svc.managers import OrderMachine, OrderManager, Refunds, Saga


@dataclass(frozen=True)
class Context:
    """One unit of work: its settings, the manager of orders, and the saga."""

    settings: Settings
    orders: OrderManager
    saga: Saga

    @classmethod
    def start(cls, actor: str = "worker") -> Self:
        """Make the collaborators, on one session and one state machine."""
        current = Settings.current()
        refunds = Refunds(db.session, current)
        machine = OrderMachine(db.session, current, refunds)
        orders = OrderManager(machine, refunds, actor)
        return cls(current, orders, Saga(machine, refunds))

    def postpone(self, model: Any, row_id: int) -> None:
        """Make a row due again after a pause that grows with its attempts."""
        tried = leases.attempts(model, row_id)
        first, most = (
            self.settings.retry_first_seconds,
            self.settings.retry_most_seconds,
        )
        leases.postpone(model, row_id, leases.backoff(tried, first, most))
