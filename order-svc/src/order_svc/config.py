"""The order service's settings, including the saga's times."""

from dataclasses import dataclass
from decimal import Decimal

from chassis import config
from chassis.config import credential, money, seconds, setting, text, url, whole


@dataclass(frozen=True, kw_only=True)
class Times:
    """The saga's times in seconds.

    `reservation_seconds` must be longer than an order can wait for its payment: 15 min
    (late creation of a link) + 16 min (lifetime of the link) + 1 min (grace) + 10 min
    (the provider's time-out). After this time product-svc releases the stock by
    itself, in case order-svc is down. While a payment is under review, the reservation
    is prolonged up to `review_hold_hours`.
    """

    reservation_seconds: int = setting(whole, 2700)
    resume_after_seconds: float = setting(seconds, 30.0)
    give_up_after_seconds: float = setting(seconds, 60.0)
    link_again_seconds: float = setting(seconds, 60.0)
    link_grace_seconds: float = setting(seconds, 60.0)
    no_link_seconds: float = setting(seconds, 960.0)
    close_again_seconds: float = setting(seconds, 60.0)
    refund_again_seconds: float = setting(seconds, 300.0)
    review_hold_hours: int = setting(whole, 24)
    review_again_most_seconds: float = setting(seconds, 3600.0)
    claim_seconds: float = setting(seconds, 30.0)
    retry_first_seconds: float = setting(seconds, 1.0)
    retry_most_seconds: float = setting(seconds, 60.0)


@dataclass(frozen=True, kw_only=True)
class Settings(Times, config.Settings):
    """The settings of every service, the dependencies, the saga's times, the limits."""

    service: str = "order-svc"
    service_client_id: str = setting(credential, "order-svc")
    service_client_secret: str = setting(text, secret=True)
    product_svc_url: str = setting(url, "http://127.0.0.1:8001")
    max_open_orders: int = setting(whole, 20)
    max_held_by_customer: int = setting(whole, 100)
    max_held_unverified: int = setting(whole, 10)
    max_held_by_address: int = setting(whole, 200)
    outbox_limit_seconds: float = setting(seconds, 300.0)
    refund_limit: Decimal = setting(money, Decimal("100000.00"))  # noqa: RUF009
    refund_poll_seconds: float = setting(seconds, 5.0)
    owed_days: int = setting(whole, 30)
