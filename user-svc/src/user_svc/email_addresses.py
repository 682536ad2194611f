"""E-mail addresses: validation, normalization, comparison."""

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    validate_email,
)

LONGEST = 254


def _in_any_case(name: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in name)


# The pattern for clients. A domain for special use receives no mail, and no label but
# an encoded one (`xn--`) has hyphens at its third and fourth place.
_RESERVED = "|".join(_in_any_case(name) for name in SPECIAL_USE_DOMAIN_NAMES)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PATTERN = (
    rf"^ *{_ATOM}(?:\.{_ATOM})*"
    rf"@(?!(?:[^@]*\.)?(?:{_RESERVED}) *$)"
    r"(?!(?:[^@]*\.)?(?![xX][nN])[^@.]{2}--)[^@\s]+ *$"
)


def normalized(text: str) -> str:
    """Return the normalized address, or raise ValueError.

    The part before the @ keeps its case, and must be ASCII: not every mail server takes
    other addresses. No DNS query is made.
    """
    return _normalized(text, allow_smtputf8=False)


def _normalized(text: str, *, allow_smtputf8: bool) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"Longer than {LONGEST} characters.")
    try:
        address = validate_email(
            text, check_deliverability=False, allow_smtputf8=allow_smtputf8
        ).normalized
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from None
    if len(address.lower()) > LONGEST:  # lower case can be longer
        raise ValueError(f"Longer than {LONGEST} characters.")
    return address


def key(text: str) -> str:
    """Return the form by which addresses are compared; empty for an invalid one."""
    try:
        # Accounts that have an address outside of ASCII keep it.
        return _normalized(text.strip(), allow_smtputf8=True).lower()
    except ValueError:
        return ""


def sendable(address: str) -> str:
    """Return a valid address as mail servers take it: its domain in ASCII (`xn--`)."""
    if address.isascii():
        return address
    found = validate_email(address, check_deliverability=False)
    return f"{found.local_part}@{found.ascii_domain}"
