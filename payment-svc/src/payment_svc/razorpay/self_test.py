"""A webhook that the shop sends to itself: signed, of a type that changes nothing."""

import json
import time
import uuid

import requests

from payment_svc.razorpay.signatures import sign

EVENT = "shop.self_test"
TIMEOUT = 5.0  # seconds, as at Razorpay


def post_event(url: str, secret: str) -> tuple[str, str]:
    """Send the event; return its id, and "" or why it was not accepted."""
    event_id = f"selftest-{uuid.uuid4().hex}"
    event = {
        "entity": "event",
        "event": EVENT,
        "contains": [],
        "payload": {},
        "created_at": int(time.time()),
        "nonce": event_id,
    }
    body = json.dumps(event).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Razorpay-Event-Id": event_id,
        "X-Razorpay-Signature": sign(body, secret),
    }
    return event_id, _post(url, body, headers)


def _post(url: str, body: bytes, headers: dict[str, str]) -> str:
    try:
        answer = requests.post(
            url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"no answer ({type(error).__name__})"
    answer.close()
    if answer.status_code == 401:
        return "the API has another RAZORPAY_WEBHOOK_SECRET than this process"
    return "" if answer.ok and not answer.is_redirect else f"HTTP {answer.status_code}"
