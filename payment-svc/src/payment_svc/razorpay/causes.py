"""Problems at Razorpay that are not about one payment, each with its remedy.

A refusal for one of these causes says nothing about the payment, so the call is
repeated. The alert, `flask payments check` and docs/razorpay.md use the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.outcomes import Unknown


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause: what it means, what to do, and how its answers are recognised.

    An answer has the cause if it has one of the statuses, if one of its members (code,
    reason, field) has one of the values, or if its description has one of the words.
    Words do not count in an answer that names a field: it may repeat what a customer
    has entered. A cause without `is_alert` usually ends by itself.
    """

    name: str
    meaning: str
    action: str
    statuses: tuple[int, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    is_alert: bool = True

    def matches(self, status: int, error: Mapping[str, str]) -> bool:
        """Return whether an answer has this cause."""
        text = "" if error.get("field") else error.get("description", "").lower()
        return (
            status in self.statuses
            or any(error.get(name) == value for name, value in self.members)
            or any(word in text for word in self.words)
        )


CLOCK = Cause(
    name="clock",
    meaning="Razorpay refuses the expiry time of payment links: the clock of this"
    " machine is wrong, or LINK_MINUTES is below 16.",
    action="Synchronise the clock (NTP) and set LINK_MINUTES to 16 or more.",
    members=(("field", "expire_by"),),
    words=("expire_by",),
)
CALL_FAILED = Cause(
    name="call_failed",
    meaning="A call to Razorpay ended with an error in this program.",
    action="Read the stack trace of `call to razorpay failed` in the worker's log.",
)
BROKEN_LIST = Cause(
    name="broken_list",
    meaning="A list of Razorpay is malformed, has an entity twice, or lacks some of"
    " its entities. It is not used.",
    action="Nothing at first: the list is read again. If it lasts, ask Razorpay's"
    " support.",
)
UNREADABLE = Cause(
    name="unreadable_answer",
    meaning="An answer of Razorpay has another shape than documented, or is about"
    " another entity. It is not used.",
    action="Look at the payment in the dashboard. If it lasts, ask Razorpay's support,"
    " and report it.",
)
QUERY_REFUSED = Cause(
    name="query_refused",
    meaning="Razorpay refuses to return a payment, a link or a refund of ours. The key"
    " may belong to another account or mode than the payment.",
    action="Run `flask payments check`, and compare the account of RAZORPAY_KEY_ID"
    " with the one that made the payment.",
)
CAUSES = (
    Cause(
        name="key_refused",
        meaning="Razorpay refuses the API key: the id or the secret is wrong, the key"
        " was replaced, or a key of test mode is used in live mode.",
        action="Copy the key again from the dashboard (Account & Settings, API keys)"
        " into RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET, and restart.",
        statuses=(401,),
        words=("authentication failed", "api key provided is invalid"),
    ),
    Cause(
        name="address_not_allowed",
        meaning="The IP address of this machine is not on the account's allow-list.",
        action="Add the outgoing IP address to the allow-list in the dashboard.",
        statuses=(403,),
        words=("access denied",),
    ),
    Cause(
        name="address_blocked",
        meaning="Razorpay's network blocks the IP address of this machine. The answer"
        " looks like an internal error of Razorpay.",
        action="Call from another IP address, and ask Razorpay's support to unblock"
        " this one.",
        words=("incident has been reported to admins",),
    ),
    Cause(
        name="not_enabled",
        meaning="A feature, such as Payment Links, is not enabled for the account, or"
        " RAZORPAY_BASE_URL is wrong. Razorpay answers as for an unknown address.",
        action="Check RAZORPAY_BASE_URL; then ask Razorpay's support to enable Payment"
        " Links.",
        words=("requested url was not found", "no route matched"),
    ),
    Cause(
        name="account_suspended",
        meaning="Razorpay has suspended the account; it creates no payment links.",
        action="Read Razorpay's mails and contact Razorpay's support.",
        members=(("reason", "compliance_violation"),),
        words=("merchant is suspended",),
    ),
    Cause(
        name="live_mode_off",
        meaning="Live mode is disabled for the account, or its activation is not"
        " complete.",
        action="Complete the activation (KYC) in the dashboard.",
        members=(
            ("reason", "live_mode_not_enabled"),
            ("reason", "merchant_not_activated"),
        ),
        words=("live mode is disabled",),
    ),
    Cause(
        name="link_quota",
        meaning="Test mode allows 30 payment links for an account, and all are used."
        " A retry never helps.",
        action="Use live mode, another test account, or the sandbox.",
        members=(("code", "RATE_LIMIT_EXCEEDED"),),
        words=("test mode limit of",),
    ),
    CLOCK,
    Cause(
        name="callback_address",
        meaning="Razorpay refuses the address to which it sends customers back:"
        " PUBLIC_URL is wrong.",
        action="Set PUBLIC_URL to the public address of the API, and restart.",
        members=(("field", "callback_url"), ("field", "callback_method")),
        words=("callback_url", "callback url"),
    ),
    Cause(
        name="maintenance",
        meaning="Razorpay is under maintenance or overloaded (HTTP 503).",
        action="Wait, and read Razorpay's status page. Calls are repeated.",
        statuses=(503,),
        members=(("code", "SERVICE_UNAVAILABLE"),),
    ),
    Cause(
        name="too_many_requests",
        meaning="Razorpay limits the rate of calls (HTTP 429).",
        action="Nothing: calls are repeated after a pause.",
        statuses=(429,),
        words=("too many requests",),
        is_alert=False,
    ),
    Cause(
        name="trouble",
        meaning="Razorpay has an internal error, or its gateway gets no answer"
        " (HTTP 500, 502 or 504, or such an error's code with another status).",
        action="Nothing at first: calls are repeated. If it lasts, read Razorpay's"
        " status page.",
        statuses=(500, 502, 504),
        members=(
            ("code", "SERVER_ERROR"),
            ("code", "GATEWAY_ERROR"),
            ("reason", "server_error"),
            ("reason", "request_timed_out"),
            ("reason", "gateway_technical_error"),
        ),
        is_alert=False,
    ),
    CALL_FAILED,
    BROKEN_LIST,
    UNREADABLE,
    QUERY_REFUSED,
)


class ProviderProblem(Unknown):
    """A call failed for a cause that is not about its payment."""

    def __init__(self, cause: Cause, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{cause.name}: {detail}", retry_after)
        self.cause = cause


class BrokenList(ProviderProblem):
    """A list that cannot be complete."""

    def __init__(self, detail: str) -> None:
        super().__init__(BROKEN_LIST, detail)


class UnreadableAnswer(ProviderProblem):
    """An answer of another shape than documented, or about another entity."""

    def __init__(self, detail: str) -> None:
        super().__init__(UNREADABLE, detail)


def find(status: int, error: Mapping[str, str]) -> Cause | None:
    """Return the cause of an answer, or None if it is about the request itself."""
    return next((one for one in CAUSES if one.matches(status, error)), None)
