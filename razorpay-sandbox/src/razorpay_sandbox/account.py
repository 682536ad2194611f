"""The state of the merchant's account, and what the API answers in each state.

The control API changes it, so that a client can be tested against an account that
Razorpay has suspended, an IP address that it blocks, and so on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Request

from razorpay_sandbox.errors import (
    NO_REASON,
    UNKNOWN_URL,
    ApiError,
    LinkError,
    Unauthorized,
    UnknownUrl,
)

LINKS = "/v1/payment_links"
CONVENIENCE = ("customer", "description", "notes")


class AccessDenied(ApiError):
    """The IP address is not on the account's allow-list."""

    details = NO_REASON


class Blocked(ApiError):
    """Razorpay's network blocks the IP address; the answer has no other members."""

    status = 500

    def body(self) -> dict[str, Any]:
        """Return the body without source, step and reason."""
        error = {"code": "SERVER_ERROR", "description": self.description}
        return {"error": error | {"metadata": {}}}


class Maintenance(ApiError):
    """Razorpay is down for maintenance."""

    status = 503
    details = NO_REASON


class QuotaUsed(ApiError):
    """The account has created all the links that test mode allows."""

    status = 429

    def body(self) -> dict[str, Any]:
        """Return the body with a code of its own."""
        error = {"code": "RATE_LIMIT_EXCEEDED", "description": self.description}
        return {"error": error}


@dataclass(frozen=True)
class Mode:
    """A state of the account: the error, and the requests that get it."""

    error: type[ApiError]
    description: str
    concerns: Callable[[Request], bool] = lambda request: True


def _creates_link(request: Request) -> bool:
    return request.method == "POST" and request.path.rstrip("/") == LINKS


def _is_about_links(request: Request) -> bool:
    return request.path.startswith(LINKS)


ACTIVE = "active"
REFUSING = {
    "key_refused": Mode(Unauthorized, "Authentication failed"),
    "address_not_allowed": Mode(AccessDenied, "Access Denied"),
    "address_blocked": Mode(
        Blocked,
        "The server encountered an error. The incident has been reported to admins.",
    ),
    "maintenance": Mode(
        Maintenance,
        "We are facing some trouble completing your request at the moment."
        " Please try again shortly.",
    ),
    "not_enabled": Mode(UnknownUrl, UNKNOWN_URL, _is_about_links),
    "suspended": Mode(
        LinkError,
        "Invalid access: Cannot create a payment link, as Merchant is Suspended.",
        _creates_link,
    ),
    "live_mode_off": Mode(
        LinkError,
        "Invalid access: Cannot create a payment link in live mode, as live mode is"
        " disabled for merchant.",
        _creates_link,
    ),
    "link_quota": Mode(
        QuotaUsed, "test mode limit of 30 reached for payment_link", _creates_link
    ),
}
MODES = (ACTIVE, *REFUSING)


@dataclass
class Account:
    """The account's mode, and words that refuse the convenience fields of a link."""

    mode: str = ACTIVE
    refuse_fields: str = ""

    def check(self, request: Request) -> None:
        """Raise the error of the account's mode, if it concerns this request."""
        mode = REFUSING.get(self.mode)
        if mode is not None and mode.concerns(request):
            raise mode.error(mode.description)
        if self.refuse_fields and _creates_link(request):
            self._check_fields(request.get_json(force=True, silent=True) or {})

    def _check_fields(self, data: dict[str, Any]) -> None:
        if any(data.get(name) for name in CONVENIENCE):
            raise LinkError(self.refuse_fields)
