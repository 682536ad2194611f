"""E-mail addresses: validation, normalization, comparison."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


def normalized(text: str) -> str:
    """Return the normalized address, or raise ValueError.

    The part before the @ keeps its case; no DNS query is made.
    """
    if len(text) > LONGEST:
        raise ValueError(f"Longer than {LONGEST} characters.")
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from None
    if len(address.lower()) > LONGEST:  # lower case can be longer
        raise ValueError(f"Longer than {LONGEST} characters.")
    return address


def key(text: str) -> str:
    """Return the form by which addresses are compared; empty for an invalid one."""
    try:
        return normalized(text.strip()).lower()
    except ValueError:
        return ""
