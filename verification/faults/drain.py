"""Drains the shop after the faults: waits, and moves the clock, until it is at rest."""

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import NullPool, Select, bindparam, create_engine, select

from order_svc.models import (
    Order,
    OrderRefund,
    OrderState,
    Outbox,
    StockCommand,
    StockCommandState,
)
from order_svc.models import RefundState as OrderRefundState
from payment_svc.models import (
    Dispute,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    WebhookEvent,
)
from payment_svc.models import Outbox as PaymentOutbox
from verification.faults.stack import Stack
from verification.faults.waiting import wait_for

NO_PROGRESS = 60.0
AT_MOST = 240.0
QUEUES = ("payment-commands", "order-events")
WORDS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
# How far the clock moves when nothing makes progress: for retries and leases, then for
# unpaid links, then for the poll of a closed link after an hour.
JUMPS = (30, 60, 1080, 60, 300, 60, 300, 60, 600, 60, 3600, 60, 60, 60, 60)
LAST_POLL = 3700
LAST_POLLS = 7  # the second poll of a closed link or a capture is after six hours
DELIVERED_WITHIN = 30.0  # seconds for the last webhooks of disputes
PAUSE = 1.5
SHOWN = 5
RECONCILED = (0, 1)  # exit codes: nothing, or a difference, is left for a person

RUNNING = (
    OrderState.PLACED,
    OrderState.AWAITING_PAYMENT,
    OrderState.EXPIRING,
    OrderState.CANCELLING,
    OrderState.PAID,
    OrderState.REFUND_PENDING,
    OrderState.UNDER_REVIEW,
)
PAYMENT, REFUND = Payment.__table__, Refund.__table__
OPEN = (PaymentState.CREATED, PaymentState.ISSUED, PaymentState.CLOSING)
DONE = (RefundState.PROCESSED, RefundState.FAILED)
PAYMENT_COLUMNS = (
    PAYMENT.c.auditlog_ptr_id,
    PAYMENT.c.order_id,
    PAYMENT.c.state,
    PAYMENT.c.next_check_at,
    PAYMENT.c.attempts,
)


def _unsent(table: Any) -> Select[Any]:
    columns = (table.id, table.type, table.subject, table.next_check_at, table.attempts)
    return select(*columns).where(table.published_at.is_(None))


def _due(state: PaymentState) -> Select[Any]:
    is_due = PAYMENT.c.next_check_at <= bindparam("now")
    return select(*PAYMENT_COLUMNS).where(PAYMENT.c.state == state, is_due)


UNDER_WAY: dict[str, tuple[tuple[str, Select[Any]], ...]] = {
    "order-svc": (
        (
            "orders",
            select(Order.id, Order.state, Order.next_check_at, Order.attempts).where(
                Order.state.in_(RUNNING)
            ),
        ),
        (
            "refunds requested",
            select(OrderRefund.id, OrderRefund.order_id, OrderRefund.reason).where(
                OrderRefund.state == OrderRefundState.REQUESTED
            ),
        ),
        (
            "stock commands",
            select(
                StockCommand.id,
                StockCommand.order_id,
                StockCommand.kind,
                StockCommand.next_check_at,
            ).where(StockCommand.state == StockCommandState.PENDING),
        ),
        ("events to send", _unsent(Outbox)),
    ),
    "payment-svc": (
        ("payments", select(*PAYMENT_COLUMNS).where(PAYMENT.c.state.in_(OPEN))),
        (
            "captures not settled",
            select(*PAYMENT_COLUMNS).where(
                PAYMENT.c.state == PaymentState.CAPTURED, PAYMENT.c.outcome.is_(None)
            ),
        ),
        (
            "payments under review",
            select(*PAYMENT_COLUMNS).where(
                PAYMENT.c.state == PaymentState.UNDER_REVIEW
            ),
        ),
        ("due polls of closed links", _due(PaymentState.CLOSED)),
        ("due polls of captures", _due(PaymentState.CAPTURED)),
        (
            "due fetches of disputes",
            select(Dispute.id, Dispute.status, Dispute.next_check_at).where(
                Dispute.next_check_at <= bindparam("now")
            ),
        ),
        (
            "refunds",
            select(REFUND.c.id, REFUND.c.state, REFUND.c.next_check_at).where(
                REFUND.c.state.not_in(DONE)
            ),
        ),
        (
            "webhooks to process",
            select(WebhookEvent.id).where(WebhookEvent.processed_at.is_(None)),
        ),
        ("events to send", _unsent(PaymentOutbox)),
    ),
}


class Stuck(Exception):
    """Nothing changes any more, or changes do not end; the text lists what is left."""


def drain(
    stack: Stack,
    people: Callable[[], None],
    is_known: Callable[[], bool] = lambda: True,
) -> float:
    """Wait until nothing is in progress; return the seconds, or raise Stuck.

    `people` does the work of staff: it decides payments under review, and refunds that
    wait for a lost dispute. `is_known` returns whether every refund made at the
    provider is stored; without webhooks a poll finds it. Where webhooks are lost, the
    nightly comparison with the provider's lists finds the rest, such as disputes.
    """
    started, jumps = time.monotonic(), iter(JUMPS)
    _until_quiet(stack, people, jumps, started)
    for _ in range(LAST_POLLS):
        stack.shift_clock(LAST_POLL)  # finds captures after a link's end
        _await_webhooks(stack)
        _until_quiet(stack, people, jumps, started)
        if is_known():
            break
    if stack.loses_webhooks or not is_known():
        _reconcile(stack)
        _until_quiet(stack, people, jumps, started)
    return time.monotonic() - started


def _await_webhooks(stack: Stack) -> None:
    """Wait until the sandbox has delivered the webhooks of all disputes.

    Lost webhooks stay lost while the shop drains.
    """
    if stack.loses_webhooks:
        return
    wait_for(
        lambda: not stack.provider.has_undelivered_disputes(),
        "the webhooks of disputes are delivered",
        DELIVERED_WITHIN,
        pause=0.2,
    )


def _reconcile(stack: Stack) -> None:
    """Run the nightly comparison; raise Stuck if it does not reach its end."""
    try:
        code = stack.reconcile()
    except subprocess.TimeoutExpired as late:
        raise Stuck(f"the comparison with the provider's lists: {late}") from None
    if code not in RECONCILED:
        raise Stuck(f"`flask payments reconcile` ended with exit code {code}")


def _until_quiet(
    stack: Stack, people: Callable[[], None], jumps: Iterator[int], started: float
) -> None:
    jump_at, quiet = time.monotonic() + PAUSE, 0
    changed_at, before = time.monotonic(), None
    while quiet < 3:  # a due row may just have been leased
        people()
        left = under_way(stack)
        quiet = 0 if left else quiet + 1
        now = time.monotonic()
        if left != before:
            changed_at, before = now, left
        if now - changed_at > NO_PROGRESS or now - started > AT_MOST:
            raise Stuck(f"after {now - started:.0f} s there are still: {left}")
        is_busy = any(what.startswith("messages") for what in left)
        if left and now > jump_at and not is_busy:  # timers create more messages
            stack.shift_clock(next(jumps, 60))
            jump_at = now + PAUSE
        time.sleep(0.2)


def under_way(stack: Stack) -> dict[str, Any]:
    """Return what is in progress, the rows as text."""
    found: dict[str, Any] = _waiting(stack)
    now = {"now": datetime.now(UTC) + timedelta(seconds=stack.shift)}
    for service, questions in UNDER_WAY.items():
        engine = create_engine(stack.urls[service], poolclass=NullPool)
        with engine.connect() as connection:
            for what, query in questions:
                rows = connection.execute(query.limit(SHOWN), now).all()
                found[f"{service}: {what}"] = [" ".join(map(str, row)) for row in rows]
    return {what: rows for what, rows in found.items() if rows}


def _waiting(stack: Stack) -> dict[str, Any]:
    client, found = stack.sqs(), {}
    for queue in QUEUES:
        try:
            url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        except client.exceptions.QueueDoesNotExist:
            continue  # the emulator was killed; the workers create the queue again
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(WORDS))
        found[f"messages in {queue}"] = sum(int(answer["Attributes"][w]) for w in WORDS)
    return found
