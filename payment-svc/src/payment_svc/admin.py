"""The staff panel: payments, refunds and webhooks are read-only.

Staff can cancel a link, poll Razorpay, or have a webhook processed again. Admins can
send a refund that waits for a dispute. Changes go through the managers.
"""

from typing import Any

from flask import Flask

import chassis.admin
from chassis import leases
from chassis.admin import ModelView, action
from payment_svc.extensions import db
from payment_svc.models import (
    AuditLog,
    Dispute,
    DisputeHistory,
    Payment,
    PaymentAttempt,
    PaymentHistory,
    ReconciliationDrift,
    ReconciliationRun,
    Refund,
    RefundHistory,
    WebhookEvent,
)
from payment_svc.steps import Context

ACTOR = "admin panel"


class PaymentView(ModelView):
    """Payments."""

    column_list = (
        "id",
        "order_id",
        "kind",
        "state",
        "status",
        "amount",
        "captured_amount",
        "amount_refunded",
        "currency",
        "user_id",
        "razorpay_payment_link_id",
        "razorpay_payment_id",
        "reason",
        "created_at",
        "updated_at",
    )

    @action("cancel", "Cancel the link", "Cancel the links of these payments?")
    def cancel(self, ids: list[str]) -> None:
        """Let the worker cancel links."""
        self.each(ids, "cancel", Context(ACTOR).payments.cancel)

    @action("check", "Poll Razorpay", "Poll Razorpay for these payments?")
    def check(self, ids: list[str]) -> None:
        """Let the worker poll payments now."""
        self.each(ids, "check", lambda row: leases.make_due(Payment, row.id))


class RefundView(ModelView):
    """Refunds."""

    writers = ("admin",)

    @action(
        "despite",
        "Refund despite the dispute",
        "Send these refunds although their payments are disputed?",
    )
    def despite(self, ids: list[str]) -> None:
        """Send refunds that wait for a dispute."""
        override = Context(ACTOR).refunds.override_dispute
        self.each(ids, "despite", lambda row: override(row.id))


class DisputeView(ModelView):
    """Disputes."""

    @action("check", "Poll Razorpay", "Poll Razorpay for these disputes?")
    def check(self, ids: list[str]) -> None:
        """Let the worker fetch disputes now."""
        self.each(ids, "check", lambda row: leases.make_due(Dispute, row.id))

    @action("publish", "Publish again", "Publish these disputes to order-svc again?")
    def publish(self, ids: list[str]) -> None:
        """Publish disputes again, after messages were lost."""
        self.each(ids, "publish", Context(ACTOR).disputes.publish_again)


class WebhookEventView(ModelView):
    """Webhooks."""

    @action("replay", "Process again", "Process these webhooks again?")
    def replay(self, ids: list[str]) -> None:
        """Let the worker process webhooks again."""
        self.each(ids, "replay", lambda row: leases.make_due(WebhookEvent, row.id))

    def _text(self, _context: Any, row: WebhookEvent, _name: str) -> str:
        return row.body.decode(errors="replace")

    column_formatters_detail = {"body": _text}  # noqa: RUF012
    column_formatters_export = {"body": _text}  # noqa: RUF012


def init_app(app: Flask) -> None:
    """Serve the panel at /admin/."""
    plain = {
        PaymentAttempt: "Attempts",
        PaymentHistory: "Payment history",
        RefundHistory: "Refund history",
        DisputeHistory: "Dispute history",
        ReconciliationRun: "Reconciliation runs",
        ReconciliationDrift: "Reconciliation drift",
        AuditLog: "Audit log",
    }
    views = [
        PaymentView(Payment, db, name="Payments"),
        RefundView(Refund, db, name="Refunds"),
        DisputeView(Dispute, db, name="Disputes"),
        *(ModelView(table, db, name=name) for table, name in plain.items()),
        WebhookEventView(WebhookEvent, db, name="Webhooks"),
    ]
    chassis.admin.init_app(app, "Payments", db, views)
