"""Short functions that spoil a healthy shop.

`s` is the scene of `scene.py`; its attributes are the ids of the story.
"""

import uuid

import order_svc.models as o
import payment_svc.models as y
import product_svc.models as p
import user_svc.models as u


def stock(s, **values):
    """Change the lamp's quantities."""
    s.change(p.Product, {"id": s.lamp}, **values)


def reservation(s, order_id, /, **values):
    """Change an order's reservation."""
    s.change(p.Reservation, {"order_id": order_id}, **values)


def order(s, order_id, /, **values):
    """Change an order."""
    s.change(o.Order, {"id": order_id}, **values)


def payment(s, order_id, /, **values):
    """Change an order's payments."""
    s.change(y.Payment, {"order_id": str(order_id)}, **values)


def other(s, kind, row, **values):
    """Add a copy of an entity of the ledger with another id."""
    s.ledger[kind].append({**row, "id": uuid.uuid4().hex, **values})


def move(s, order_id, source, to, /, **more):
    """Insert a line of an order's history."""
    row = {"order_id": order_id, "kind": "state"}
    new = {"id": 9001, "from_state": source, "to_state": to, **more}
    s.again(o.OrderHistory, row, **new)


def key(s, order_id, /, **values):
    """Insert a changed copy of an order's idempotency key."""
    s.again(o.IdempotencyKey, {"resource_id": order_id}, id=9001, **values)


def family(s, user_id=None, /, **values):
    """Change a user's session, by default that of the story's user."""
    s.change(u.RefreshFamily, {"user_id": user_id or s.user}, **values)


def token(s, **values):
    """Insert a changed copy of a refresh token of the story's user."""
    new = {"id": 9001, "token_hash": "0" * 64, "family_id": s.user, **values}
    s.again(u.RefreshToken, {}, **new)


def reset(s, **values):
    """Insert a used token of a password reset of the story's user."""
    row = {"id": 9001, "purpose": u.MailKind.RESET, "user_id": s.user, "email": "a"}
    times = dict.fromkeys(("created_at", "updated_at", "expires_at", "used_at"), s.now)
    s.add(u.OneTimeToken, **{**row, **times, "token_hash": uuid.uuid4().hex, **values})


def refund(s, reason, **values):
    """Change payment-svc's refund of a reason."""
    s.change(y.Refund, {"reason": reason}, **values)


def asked(s, order_id, /, **values):
    """Change order-svc's refund of an order."""
    s.change(o.OrderRefund, {"order_id": order_id}, **values)


def one_more_refund(s, **values):
    """Insert one more refund in payment-svc, with its own keys."""
    new = {"key": "k", "idempotency_key": "i", "razorpay_refund_id": None}
    s.again(y.Refund, {"reason": "direct"}, id=9001, state="sent", **new, **values)


def asked_once(s, **values):
    """Insert a key of a request that creates no order."""
    new = {"id": 9001, "route": "POST /else", "key": "k", "resource_id": None}
    s.again(o.IdempotencyKey, {"resource_id": s.late}, **{**new, **values})


def forgotten(s):
    """Add an open link with an unknown reference to a finished order."""
    link = s.link(s.cancelled)
    other(s, "links", link, reference_id="nobody's", payable=True)


def webhook(s):
    """Return a webhook that was not processed."""
    return {
        "id": 9001,
        "sha256": "0" * 64,
        "event": "payment_link.paid",
        "body": b"{}",
        "correlation_id": "c",
        "created_at": s.now,
        "updated_at": s.now,
    }


def sent_meanwhile(scene):
    """Let a refund of a disputed payment have been sent while the dispute was open."""
    disputed = scene.first(y.Dispute)
    opened = scene.first(y.DisputeHistory, status="open")
    sent = scene.first(y.Refund, razorpay_payment_id=disputed.razorpay_payment_id)
    scene.change(
        y.RefundHistory,
        {"refund_id": sent.id, "trigger": "sent"},
        created_at=opened.created_at,
    )
