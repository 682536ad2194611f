"""What every step works with: the settings and the managers of the work in hand."""

from chassis import config
from order_svc.config import Settings
from order_svc.extensions import db
from order_svc.managers import Due, OrderManager


def settings() -> Settings:
    """Return the order service's settings."""
    found = config.settings()
    assert isinstance(found, Settings)
    return found


def manager(actor: str = "worker") -> OrderManager:
    """Return the manager of orders."""
    return OrderManager(db.session, settings(), actor)


def due() -> Due:
    """Return what finds and claims due rows."""
    return Due(db.session, settings())
