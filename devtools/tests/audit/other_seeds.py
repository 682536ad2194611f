"""Violations of I11 to I19, each seeded into a healthy shop."""

from datetime import timedelta
from decimal import Decimal

from audit.spoil import (
    asked,
    asked_once,
    family,
    key,
    move,
    order,
    payment,
    refund,
    reset,
    sent_meanwhile,
    token,
    webhook,
)

import order_svc.models as o
import payment_svc.models as y
import product_svc.models as p
import user_svc.models as u

DAY = timedelta(days=1)

SEEDS = [
    (
        "I11",
        "an order that is stuck",
        lambda s: order(s, s.late, state="expiring"),
    ),
    (
        "I11",
        "a payment that is stuck",
        lambda s: payment(s, s.late, state="issued"),
    ),
    ("I11", "a capture not settled", lambda s: payment(s, s.late, outcome=None)),
    ("I11", "a refund under way", lambda s: refund(s, "staff", state="sent")),
    (
        "I11",
        "a direct refund not acknowledged",
        lambda s: refund(s, "direct", acknowledged_at=None),
    ),
    ("I11", "a refund not answered", lambda s: asked(s, s.refunded, state="requested")),
    (
        "I11",
        "a pending stock command",
        lambda s: s.change(o.StockCommand, {"kind": "release"}, state="pending"),
    ),
    ("I11", "a webhook not processed", lambda s: s.add(y.WebhookEvent, **webhook(s))),
    ("I12", "not sent", lambda s: s.change(o.Outbox, published_at=None)),
    ("I12", "lost", lambda s: s.drop(y.Inbox, type="payment.requested")),
    ("I12", "lost on the way back", lambda s: s.drop(o.Inbox, type="payment.captured")),
    ("I12", "lost with quarantine", lambda s: s.drop(y.QuarantinedMessage)),
    ("I12", "invented", lambda s: s.drop(y.Outbox, type="payment.link_ready")),
    ("I12", "sent to payment-svc by nobody", lambda s: s.drop(o.Outbox)),
    ("I13", "an illegal move", lambda s: move(s, s.late, "confirmed", "placed")),
    (
        "I13",
        "a gap",
        lambda s: s.drop(o.OrderHistory, order_id=s.late, to_state="paid"),
    ),
    (
        "I13",
        "a move not written down",
        lambda s: order(s, s.late, state="refund_pending"),
    ),
    ("I13", "a wrong status", lambda s: order(s, s.late, status="failed")),
    ("I13", "a payment's wrong status", lambda s: payment(s, s.late, status="FAILED")),
    (
        "I13",
        "a trigger that cannot be",
        lambda s: s.change(
            y.PaymentHistory, {"trigger": "link_created"}, trigger="review_rejected"
        ),
    ),
    ("I13", "a refund without a past", lambda s: s.drop(y.RefundHistory)),
    (
        "I13",
        "an illegal reservation",
        lambda s: s.change(
            p.ReservationHistory, {"order_id": s.expired}, to_state="refused"
        ),
    ),
    ("I14", "one key twice", lambda s: (asked_once(s), asked_once(s, id=9002))),
    ("I14", "two keys of one order", lambda s: key(s, s.late, key="other")),
    ("I14", "a key of no order", lambda s: key(s, s.late, key="x", resource_id=9001)),
    (
        "I14",
        "a key of another's order",
        lambda s: s.change(
            o.IdempotencyKey, {"resource_id": s.late}, caller="user:9001"
        ),
    ),
    (
        "I14",
        "a poisoned key",
        lambda s: key(s, s.late, key="x", resource_id=None, status=None),
    ),
    ("I15", "an unknown user", lambda s: order(s, s.rejected, user_id=9001)),
    (
        "I15",
        "an unknown product",
        lambda s: s.change(o.OrderItem, {"order_id": s.late}, product_id=9001),
    ),
    (
        "I15",
        "a reservation of no order",
        lambda s: s.again(p.Reservation, {}, order_id=9001),
    ),
    ("I15", "a payment of no order", lambda s: payment(s, s.expired, order_id="9001")),
    ("I15", "another user's payment", lambda s: payment(s, s.late, user_id=9001)),
    ("I15", "an order's unknown payment", lambda s: order(s, s.late, payment_id=9001)),
    ("I15", "an unknown refund", lambda s: asked(s, s.refunded, refund_id=9001)),
    ("I16", "two unspent tokens", lambda s: token(s, spent_at=None)),
    ("I16", "no token left", lambda s: s.change(u.RefreshToken, spent_at=s.now)),
    ("I16", "open for a deleted user", lambda s: family(s, s.gone, revoked_at=None)),
    (
        "I16",
        "open for an inactive user",
        lambda s: s.change(u.User, {"id": s.user}, is_active=False),
    ),
    ("I16", "older than a reset", reset),
    (
        "I16",
        "older than the last of two resets",
        lambda s: (reset(s), reset(s, id=9002, used_at=s.now - 99 * DAY)),
    ),
    ("I16", "used after its end", lambda s: family(s, revoked_at=s.now - DAY)),
    ("I11", "a dispute not fetched", lambda s: s.change(y.Dispute, status=None)),
    ("I17", "a dispute that we do not know", lambda s: s.drop(y.Dispute)),
    (
        "I17",
        "a dispute that has ended unnoticed",
        lambda s: s.ledger["disputes"][0].update(status="lost"),
    ),
    ("I17", "a refund sent during a dispute", sent_meanwhile),
    ("I18", "a word lost", lambda s: s.drop(p.ProductWord, product_id=s.lamp)),
    (
        "I18",
        "a word with another weight",
        lambda s: s.change(p.ProductWord, {"product_id": s.lamp}, weight=7),
    ),
    (
        "I18",
        "a product renamed without its words",
        lambda s: s.change(p.Product, {"id": s.lamp}, name="Torch"),
    ),
    ("I18", "a text lost", lambda s: s.drop(p.ProductText, product_id=s.lamp)),
    (
        "I19",
        "a price without a row",
        lambda s: s.change(p.Product, {"id": s.lamp}, price=Decimal("1.23")),
    ),
    ("I19", "no price recorded", lambda s: s.drop(p.PriceChange, product_id=s.lamp)),
    (
        "I19",
        "a gap between two prices",
        lambda s: s.change(p.PriceChange, {"product_id": s.lamp}, before=Decimal(9)),
    ),
]
