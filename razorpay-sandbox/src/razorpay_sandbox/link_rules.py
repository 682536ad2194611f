"""Validation of payment links, with Razorpay's error texts."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from razorpay_sandbox.currencies import CURRENCIES, MINIMUM
from razorpay_sandbox.errors import LinkError
from razorpay_sandbox.json_body import is_integer
from razorpay_sandbox.notes import check_link_notes

QUARTER, SIX_MONTHS = 15 * 60, 183 * 24 * 3600
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
NAME = re.compile(r"[A-Za-z0-9 .'/@()]{3,50}")
CONTACT = re.compile(r"\+?[0-9]+")
RECURRING = re.compile(r"(\d)\1{3}")
BAD_JSON = LinkError("incorrect JSON object received.")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_filled_object(value: object) -> bool:
    return isinstance(value, dict) and bool(value)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


TYPES: dict[str, Callable[[object], bool]] = {
    "amount": is_integer,
    "currency": _is_text,
    "accept_partial": _is_bool,
    "first_min_partial_amount": is_integer,
    "description": _is_text,
    "reference_id": _is_text,
    "customer": _is_filled_object,
    "expire_by": is_integer,
    "notify": _is_object,
    "reminder_enable": _is_bool,
    "notes": _is_object,
    "callback_url": _is_text,
    "callback_method": _is_text,
    "upi_link": _is_bool,
    "options": _is_object,
}
CUSTOMER = dict.fromkeys(("name", "email", "contact"), _is_text)
NOTIFY = dict.fromkeys(("sms", "email", "whatsapp"), _is_bool)
EDITABLE = ("accept_partial", "reference_id", "expire_by", "notes", "reminder_enable")


def check_create(data: dict[str, Any], now: int, max_amount: int) -> None:
    """Raise LinkError if a create request is invalid."""
    if isinstance(data.get("amount"), float):
        raise LinkError(
            "amount, should be a whole number for e.g. 2234 to create a payment link"
            " for INR 22.34."
        )
    _check_shape(data, TYPES, "extra fields sent.")
    _check_shape(data.get("customer") or {}, CUSTOMER, "extra fields sent.")
    _check_shape(data.get("notify") or {}, NOTIFY, "extra fields sent.")
    _refuse_all(
        {**_amount(data), **_partial(data), **_texts(data), **_expiry(data, now)}
    )
    _check_rest(data, max_amount)


def check_edit(data: dict[str, Any], now: int) -> None:
    """Raise LinkError if an update is invalid or changes a read-only field."""
    types = {key: TYPES[key] for key in EDITABLE}
    _check_shape(data, types, "wrong input fields sent.")
    _refuse_all({**_texts(data), **_expiry(data, now)})
    check_link_notes(data.get("notes") or {})


def _check_shape(
    data: dict[str, Any], types: Mapping[str, Callable[[object], bool]], extra: str
) -> None:
    if not data.keys() <= types.keys():
        raise LinkError(extra)
    for key, value in data.items():
        if value is not None and not types[key](value):
            raise LinkError(f"incorrect JSON object received - faulty key: {key}.")


def _refuse_all(problems: dict[str, str]) -> None:
    if problems:
        texts = [f"{key}: {problems[key]}" for key in sorted(problems)]
        raise LinkError("; ".join(texts) + ".")


def _amount(data: dict[str, Any]) -> dict[str, str]:
    currency = data.get("currency") or "INR"
    if not data.get("amount"):
        return {"amount": "cannot be blank"}
    if currency not in CURRENCIES:
        text = "wrong input field, please find the list of supported currencies"
        return {"currency": f"{text} on the documentation"}
    if data["amount"] < MINIMUM:
        return {"amount": f"amount should be minimum {MINIMUM} for {currency}"}
    return {}


def _partial(data: dict[str, Any]) -> dict[str, str]:
    first = data.get("first_min_partial_amount")
    if first and first < MINIMUM:
        text = f"amount should be minimum {MINIMUM} for INR"
        return {"first_min_partial_amount": text}
    return {}


def _texts(data: dict[str, Any]) -> dict[str, str]:
    problems = {}
    for key, longest in (("description", 2048), ("reference_id", 40)):
        if len(data.get(key) or "") > longest:
            problems[key] = f"the length must be no more than {longest}"
    return problems | _callback(data) | _customer(data.get("customer") or {})


def _callback(data: dict[str, Any]) -> dict[str, str]:
    url, method = data.get("callback_url") or "", data.get("callback_method") or ""
    if (url or method) and not _is_url(url):
        return {"callback_url": "URL should be sent in callback_url field"}
    if url and method != "get":
        return {"callback_method": "must be a valid value"}
    return {}


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _customer(customer: dict[str, Any]) -> dict[str, str]:
    problems = {}
    email, contact = customer.get("email"), customer.get("contact")
    if email and not EMAIL.fullmatch(email):
        problems["email"] = "must be in a valid format for e.g. abcxyz@domain.com"
    if contact and not 8 <= len(contact) <= 14:
        problems["contact"] = "the length must be between 8 and 14"
    return problems


def _expiry(data: dict[str, Any], now: int) -> dict[str, str]:
    expire_by = data.get("expire_by")
    if not expire_by:
        return {}
    if expire_by <= now + QUARTER:  # exactly 15 minutes is rejected too
        return {"expire_by": "timestamp must be atleast 15 minutes in future"}
    if expire_by > now + SIX_MONTHS:
        return {"expire_by": "timestamp must be within 6 months"}
    return {}


def _check_rest(data: dict[str, Any], max_amount: int) -> None:
    customer = data.get("customer") or {}
    name, contact = customer.get("name") or "", customer.get("contact") or ""
    problems = {
        "first_min_partial_amount must be less than or equal to amount.": (
            (data.get("first_min_partial_amount") or 0) > data["amount"]
        ),
        "amount exceeds maximum amount allowed.": data["amount"] > max_amount,
        "The name format is invalid.": bool(name) and not NAME.fullmatch(name),
        "Contact number contains invalid characters, only digits and + symbol are"
        " allowed": bool(contact) and not CONTACT.fullmatch(contact),
        "Recurring digits in customer contact are disallowed": (
            bool(contact) and bool(RECURRING.search(contact))
        ),
        "UPI Payment Links is not supported in Test Mode. Please experience the"
        " product in Live Mode.": bool(data.get("upi_link")),
    }
    for text, holds in problems.items():
        if holds:
            raise LinkError(text)
    check_link_notes(data.get("notes") or {})
