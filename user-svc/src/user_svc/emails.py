"""E-mail addresses: what one is, and when two are the same."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


def normal(text: str) -> str:
    """Return the address in its usual spelling, or raise ValueError.

    The part before the @ stays as it was typed; nothing is looked up.
    """
    if len(text) > LONGEST:
        raise ValueError(f"Longer than {LONGEST} characters.")
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from None
    if len(address.lower()) > LONGEST:  # some letters grow when made small
        raise ValueError(f"Longer than {LONGEST} characters.")
    return address


def key(text: str) -> str:
    """Return what two spellings of one address share; good for any text."""
    try:
        return normal(text.strip()).lower()
    except ValueError:
        return ""  # nobody's address
