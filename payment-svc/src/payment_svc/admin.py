"""The staff panel: payments, refunds and webhooks are read-only.

Staff can cancel a link or poll Razorpay; both go through the manager.
"""

from typing import Any

from flask import Flask

import chassis.admin
from chassis import leases
from chassis.admin import ModelView, action
from payment_svc.extensions import db
from payment_svc.models import (
    AuditLog,
    Payment,
    PaymentHistory,
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


class WebhookEventView(ModelView):
    """Webhooks."""

    def _text(self, _context: Any, row: WebhookEvent, _name: str) -> str:
        return row.body.decode(errors="replace")

    column_formatters_detail = {"body": _text}  # noqa: RUF012
    column_formatters_export = {"body": _text}  # noqa: RUF012


def init_app(app: Flask) -> None:
    """Serve the panel at /admin/."""
    plain = {
        Refund: "Refunds",
        PaymentHistory: "Payment history",
        RefundHistory: "Refund history",
        AuditLog: "Audit log",
    }
    views = [
        PaymentView(Payment, db, name="Payments"),
        *(ModelView(table, db, name=name) for table, name in plain.items()),
        WebhookEventView(WebhookEvent, db, name="Webhooks"),
    ]
    chassis.admin.init_app(app, "Payments", db, views)
