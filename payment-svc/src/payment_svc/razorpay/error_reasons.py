"""Reasons of failed attempts in plain words, for customers."""

NOT_TAKEN = "No money was taken. Try again or use another method."
MAYBE_TAKEN = (
    "If money was taken, your bank returns it within 5 to 7 working days. "
    "Try again or use another method."
)
GENERAL = f"The payment was not successful. {MAYBE_TAKEN}"

DECLINED = f"The bank declined the payment. {NOT_TAKEN}"
CANCELLED = f"The payment was cancelled. {NOT_TAKEN}"
TIMED_OUT = f"The bank did not answer in time. {MAYBE_TAKEN}"
UNAVAILABLE = f"The bank is not available at the moment. {MAYBE_TAKEN}"
WRONG_CODE = f"The code or PIN was wrong. {NOT_TAKEN}"
WRONG_DETAILS = f"The payment details were not accepted. {NOT_TAKEN}"
NO_FUNDS = f"The account does not have enough balance. {NOT_TAKEN}"
LIMIT = f"The amount exceeds a limit of the bank or the card. {NOT_TAKEN}"

REASONS = {
    "authentication_failed": f"The bank could not confirm your identity. {NOT_TAKEN}",
    "bank_technical_error": UNAVAILABLE,
    "bank_not_available": UNAVAILABLE,
    "card_declined": DECLINED,
    "card_expired": f"The card has expired. {NOT_TAKEN}",
    "card_not_enrolled": WRONG_DETAILS,
    "card_number_invalid": WRONG_DETAILS,
    "debit_declined": DECLINED,
    "gateway_technical_error": UNAVAILABLE,
    "incorrect_card_details": WRONG_DETAILS,
    "incorrect_card_expiry_date": WRONG_DETAILS,
    "incorrect_cvv": WRONG_DETAILS,
    "incorrect_otp": WRONG_CODE,
    "incorrect_pin": WRONG_CODE,
    "insufficient_funds": NO_FUNDS,
    "invalid_vpa": WRONG_DETAILS,
    "issuer_technical_error": UNAVAILABLE,
    "otp_expired": f"The code has expired. {NOT_TAKEN}",
    "payment_cancelled": CANCELLED,
    "payment_collect_request_expired": f"The request has expired. {NOT_TAKEN}",
    "payment_declined": DECLINED,
    "payment_risk_check_failed": DECLINED,
    "payment_timed_out": TIMED_OUT,
    "request_timed_out": TIMED_OUT,
    "server_error": UNAVAILABLE,
    "transaction_daily_limit_exceeded": LIMIT,
    "transaction_limit_exceeded": LIMIT,
}
STATUSES = {
    "created": "The bank has not answered yet.",
    "authorized": "The bank has approved the payment; it is being completed.",
    "captured": "The payment was successful.",
    "refunded": "The payment was refunded.",
}


def explain(status: str, reason: str | None) -> str:
    """Return what a customer needs to know about an attempt."""
    if status in STATUSES:
        return STATUSES[status]
    return REASONS.get(reason or "", GENERAL)
