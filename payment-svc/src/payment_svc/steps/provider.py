"""Check what concerns the account at Razorpay and no single payment."""

from payment_svc.managers import problems
from payment_svc.razorpay.causes import CLOCK, ProviderProblem
from payment_svc.steps.context import Context


def check_provider() -> int:
    """Alert if our clock is wrong, and end old problems. Returns 0: no row was due."""
    work = Context()
    clock = work.razorpay.clock
    if clock.is_off:
        seconds = round(clock.skew.total_seconds())
        detail = f"Razorpay's clock is {seconds:+} s from ours"
        problems.report(work.session, ProviderProblem(CLOCK, detail))
    problems.end_old(work.session)
    work.session.commit()
    return 0
