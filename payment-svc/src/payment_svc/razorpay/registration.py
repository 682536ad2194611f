"""The registration of the shop's webhook at Razorpay: its address and its events."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from payment_svc.razorpay.webhook_events import USED

WEBHOOK = "/payments/webhook/"
PORTS = (None, 80, 443)
BLOCKED = ("ngrok.io", "webhook.site", "loca.lt")  # tunnels that Razorpay refuses
LONGEST = 255


@dataclass(frozen=True)
class Registration:
    """A webhook as it is registered at Razorpay."""

    url: str
    is_active: bool
    events: frozenset[str]

    @property
    def missing(self) -> list[str]:
        """Return the events that must be selected and are not."""
        return sorted(USED - self.events)


def address_problem(url: str) -> str:
    """Return why Razorpay cannot send webhooks to an address; "" if it can."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_local(host):
        return f"Razorpay cannot reach {host}, an address of a private network."
    if parts.port not in PORTS:
        return (
            f"Razorpay sends webhooks to the ports 80 and 443 only, not {parts.port}."
        )
    if any(host == name or host.endswith(f".{name}") for name in BLOCKED):
        return f"Razorpay refuses webhooks to {host}; use another tunnel."
    if len(url) > LONGEST:
        return f"The address is longer than {LONGEST} characters."
    return ""


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
