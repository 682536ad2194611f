"""The product service's settings."""

from dataclasses import dataclass

from chassis import config
from chassis.config import seconds, setting, whole


@dataclass(frozen=True, kw_only=True)
class Settings(config.Settings):
    """The settings of every service, and those of catalogue and reservations."""

    service: str = "product-svc"
    catalogue_version_seconds: float = setting(seconds, 0.25)
    expiry_poll_seconds: float = setting(seconds, 5.0)
    tombstone_days: int = setting(whole, 14)
