"""The checks that call Razorpay; they only read."""

from collections.abc import Iterator

from chassis.outcomes import Done, Refused, Unknown
from payment_svc.razorpay import account
from payment_svc.razorpay.causes import CLOCK, ProviderProblem
from payment_svc.razorpay.registration import WEBHOOK, Registration
from payment_svc.razorpay.webhook_events import USED
from payment_svc.steps.account_checks.finding import Finding
from payment_svc.steps.context import Context


def check_calls(work: Context) -> Iterator[Finding]:
    """Read a link and a payment."""
    for what, answer in (
        ("payment links", work.razorpay.read(account.count_links)),
        ("payments", work.razorpay.read(account.count_payments)),
    ):
        if isinstance(answer, Done):
            yield Finding(True, f"Razorpay accepts the key for {what}.")
        else:
            yield _failed_call(what, answer)


def _failed_call(what: str, answer: Refused | Unknown) -> Finding:
    if isinstance(answer, ProviderProblem):
        cause = answer.cause
        text = f"Razorpay does not list {what} ({cause.name}): {cause.meaning}"
        return Finding(False, text, cause.action)
    why = answer.why if isinstance(answer, Unknown) else answer.description
    action = "Check RAZORPAY_BASE_URL, the network and the proxy."
    return Finding(False, f"Razorpay does not list {what}: {why}.", action)


def check_clock(work: Context) -> Finding:
    """Compare the clocks; `check_calls` has read Razorpay's."""
    clock = work.razorpay.clock
    seconds = round(clock.skew.total_seconds())
    if clock.is_off:
        text = f"Razorpay's clock is {seconds:+} s from the clock of this machine."
        return Finding(False, text, CLOCK.action)
    return Finding(True, f"The clocks differ by {abs(seconds)} s.")


def check_registration(work: Context) -> Finding:
    """Check that our webhook is registered with all events."""
    address = work.settings.public_url + WEBHOOK
    found = work.razorpay.read(account.registrations)
    if not isinstance(found, Done):
        text = "Razorpay does not list the webhooks to this key."
        return Finding(None, text, _register(address, sorted(USED)))
    ours = [one for one in found.value if one.url.rstrip("/") == address.rstrip("/")]
    if not ours:
        text = f"No webhook is registered for {address}."
        return Finding(False, text, _register(address, sorted(USED)))
    return _check_events(ours[0])


def _check_events(found: Registration) -> Finding:
    if not found.is_active:
        text = "The webhook is disabled; Razorpay does so after 24 hours of failures."
        return Finding(False, text, "Enable it in the dashboard, under Webhooks.")
    if found.missing:
        text = "The webhook does not have all events."
        return Finding(False, text, _register(found.url, found.missing))
    return Finding(True, f"The webhook is registered with all {len(USED)} events.")


def _register(address: str, events: list[str]) -> str:
    return f"In the dashboard, under Webhooks, select for {address}: " + ", ".join(
        events
    )
