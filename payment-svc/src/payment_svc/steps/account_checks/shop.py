"""The checks of the running shop: its webhook, its worker, the latest alerts."""

import time
from collections.abc import Iterator

from chassis.db import reading
from payment_svc.managers import problems, webhooks
from payment_svc.models import WebhookEvent
from payment_svc.razorpay.causes import CAUSES
from payment_svc.razorpay.registration import WEBHOOK
from payment_svc.razorpay.self_test import post_event
from payment_svc.steps.account_checks.finding import Finding
from payment_svc.steps.context import Context

PAUSE = 0.2  # seconds


def check_self_test(work: Context, wait: float) -> Iterator[Finding]:
    """Send a signed webhook to PUBLIC_URL, and find it in the database."""
    address = work.settings.public_url + WEBHOOK
    event_id, problem = post_event(address, work.settings.razorpay_webhook_secret)
    if problem:
        text = f"A signed webhook to {address} is not accepted: {problem}."
        action = "Check PUBLIC_URL, the ingress, and the settings of the API process."
        yield Finding(False, text, action)
        return
    yield Finding(True, f"A signed webhook to {address} is accepted.")
    yield _check_stored(work, event_id, wait)


def _check_stored(work: Context, event_id: str, wait: float) -> Finding:
    """Check that the API stored the event here and that the worker has ignored it."""
    row = _wait_for(work, event_id, wait)
    if row is None:
        text = "The webhook is not in the database of this process."
        return Finding(False, text, "Set DATABASE_URL to the API's database.")
    if row.result is None:
        text = "The worker has not processed the webhook."
        return Finding(False, text, "Start `flask --app payment_svc worker`.")
    text = f"The worker has processed the webhook ({row.result}) and changed nothing."
    if row.result == "failed":
        text = "The worker could not process the webhook."
        return Finding(False, text, "Read the worker's log.")
    return Finding(True, text)


def _wait_for(work: Context, event_id: str, wait: float) -> WebhookEvent | None:
    """Return the stored webhook, once it is processed or the time is over."""
    end = time.monotonic() + wait
    while True:
        row = _read(work, event_id)
        if (row and row.result) or time.monotonic() >= end:
            return row
        time.sleep(PAUSE)


def _read(work: Context, event_id: str) -> WebhookEvent | None:
    with reading():
        row = webhooks.find(work.session, event_id)
        if row is not None:
            work.session.expunge(row)
        work.session.rollback()
    return row


def check_problems(work: Context) -> Iterator[Finding]:
    """Yield the problems that the worker has alerted in the last minutes."""
    by_name = {problems.PREFIX + cause.name: cause for cause in CAUSES}
    with reading():
        rows = work.session.scalars(problems.open_problems()).all()
        found = [(by_name[row.name], row.updated_at) for row in rows]
        work.session.rollback()
    for cause, moment in found:
        text = f"The worker met {cause.name} at {moment:%H:%M} UTC."
        yield Finding(False, f"{text} {cause.meaning}", cause.action)
    if not found:
        yield Finding(True, "The worker has met no problem of the account lately.")
