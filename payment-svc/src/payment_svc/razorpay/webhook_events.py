"""Every event type of Razorpay's documentation: used, or ignored for a reason."""

DISPUTE = "payment.dispute."
REFUND = "refund."
FAILED_ATTEMPT = "payment.failed"
UNKNOWN_TYPE = "unknown type"

USED = frozenset(
    {
        "payment.authorized",
        "payment.captured",
        FAILED_ATTEMPT,
        "order.paid",
        *(f"payment_link.{x}" for x in ("paid", "partially_paid")),
        *(f"payment_link.{x}" for x in ("expired", "cancelled")),
        *(f"refund.{x}" for x in ("created", "processed", "failed", "speed_changed")),
        *(f"{DISPUTE}{x}" for x in ("created", "under_review", "action_required")),
        *(f"{DISPUTE}{x}" for x in ("won", "lost", "closed")),
    }
)
# The reason why each event type is ignored, by the beginning of its name.
IGNORED = {
    "payment.downtime.": "the payment page shows downtimes by itself",
    "order.notification.": "the shop has no recurring payments",
    "settlement.": "transfers to the bank account change no payment",
    "invoice.": "the shop has no invoices",
    "qr_code.": "the shop has no QR codes",
    "virtual_account.": "the shop has no virtual accounts",
    "transfer.": "the shop has no linked accounts",
    "subscription.": "the shop has no subscriptions",
    "token.": "the shop stores no cards or mandates",
    "account.": "only for partners with sub-accounts",
    "product.": "only for partners with sub-accounts",
    "payout.": "another product, RazorpayX",
    "payout_link.": "another product, RazorpayX",
    "fund_account.": "another product, RazorpayX",
    "transaction.": "another product, RazorpayX",
    "zero_balance.": "another product, RazorpayX",
}


def why_ignored(event: str) -> str | None:
    """Return why an event is not used, or None for one that is used."""
    if event in USED:
        return None
    reasons = (why for head, why in IGNORED.items() if event.startswith(head))
    why = next(reasons, None)
    return f"ignored: {why}" if why else UNKNOWN_TYPE
