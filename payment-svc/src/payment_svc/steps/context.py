"""What every step works with: the managers of the open session, and Razorpay."""

from typing import cast

from chassis import config
from payment_svc import razorpay_service
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.managers import PaymentManager, RefundManager
from payment_svc.razorpay_service import RazorpayService

WORKER = "worker"


def settings() -> Settings:
    """Return the service's settings."""
    return cast("Settings", config.settings())


def payments(actor: str = WORKER) -> PaymentManager:
    """Return the rules of payments."""
    return PaymentManager(db.session, settings(), actor)


def refunds(actor: str = WORKER) -> RefundManager:
    """Return the rules of refunds."""
    return RefundManager(db.session, settings(), actor)


def provider() -> RazorpayService:
    """Return Razorpay; to be asked between transactions, never inside one."""
    return razorpay_service.current()
