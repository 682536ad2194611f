"""Violations of I06 to I10, each seeded into a healthy shop."""

from decimal import Decimal

from audit.spoil import asked, forgotten, one_more_refund, order, other, payment

import order_svc.models as o
import payment_svc.models as y

MORE = Decimal("1000.00")

SEEDS = [
    ("I06", "an order without its money", lambda s: s.ledger["payments"].clear()),
    (
        "I06",
        "paid twice",
        lambda s: other(s, "payments", s.capture(s.confirmed)),
    ),
    ("I06", "money kept, order over", lambda s: order(s, s.late, state="expired")),
    (
        "I06",
        "order refunded, money kept",
        lambda s: s.ledger["refunds"].clear(),
    ),
    (
        "I07",
        "a capture that nobody knows",
        lambda s: other(s, "payments", s.capture(s.late), plink_id=None),
    ),
    (
        "I07",
        "captured by us alone",
        lambda s: s.capture(s.late).update(captured=False),
    ),
    (
        "I07",
        "a refund that nobody requested",
        lambda s: other(s, "refunds", s.ledger["refunds"][0], receipt="x"),
    ),
    (
        "I07",
        "a refund in the dashboard, and one of ours that was refused",
        lambda s: (
            s.again(
                y.Refund,
                {"reason": "direct"},
                id=9001,
                key="k",
                idempotency_key="x",
                razorpay_refund_id=None,
                state="failed",
            ),
            other(s, "refunds", s.ledger["refunds"][0], receipt=None),
        ),
    ),
    ("I07", "refunded by us alone", lambda s: s.ledger["refunds"].pop()),
    (
        "I08",
        "a link open after the end",
        lambda s: s.link(s.expired).update(payable=True),
    ),
    ("I08", "an open link that we do not know", forgotten),
    (
        "I08",
        "two open links",
        lambda s: (
            order(s, s.late, state="awaiting_payment"),
            s.link(s.late).update(payable=True),
            other(s, "links", s.link(s.late), reference_id="other"),
        ),
    ),
    (
        "I09",
        "more refunded than captured",
        lambda s: s.ledger["refunds"][0].update(amount=999999),
    ),
    (
        "I09",
        "one refund made twice",
        lambda s: other(s, "refunds", s.ledger["refunds"][-1]),
    ),
    ("I09", "more requested than captured", lambda s: one_more_refund(s, amount=MORE)),
    (
        "I09",
        "two refunds with one key",
        lambda s: s.again(
            y.Refund, {"reason": "direct"}, id=9001, idempotency_key="x", state="failed"
        ),
    ),
    (
        "I09",
        "a wrong sum on an order",
        lambda s: order(s, s.late, refunded_amount=MORE),
    ),
    (
        "I09",
        "a wrong sum on a payment",
        lambda s: payment(s, s.late, amount_refunded=1),
    ),
    (
        "I10",
        "a total that is no sum",
        lambda s: s.change(o.OrderItem, {"order_id": s.late}, price=MORE),
    ),
    (
        "I10",
        "an order of another price",
        lambda s: (
            order(s, s.late, total_price=MORE),
            s.change(o.OrderItem, {"order_id": s.late}, price=MORE),
        ),
    ),
    (
        "I10",
        "another capture known",
        lambda s: order(s, s.late, captured_amount=1),
    ),
    (
        "I10",
        "a refund of another amount",
        lambda s: s.ledger["refunds"][0].update(amount=1),
    ),
    ("I10", "a payment of another amount", lambda s: payment(s, s.late, amount=MORE)),
    ("I10", "a payment in dollars", lambda s: payment(s, s.late, currency="USD")),
    ("I10", "a link of another amount", lambda s: s.link(s.late).update(amount=1)),
    ("I10", "a wrong capture", lambda s: payment(s, s.late, captured_amount=MORE)),
    (
        "I10",
        "a capture of another amount that nobody accepted",
        lambda s: payment(s, s.accepted, is_accepted=False),
    ),
    (
        "I10",
        "paid less than we stored",
        lambda s: s.capture(s.late).update(amount=1),
    ),
    (
        "I10",
        "a line of nothing",
        lambda s: s.change(o.OrderItem, {"order_id": s.rejected}, quantity=0),
    ),
    (
        "I10",
        "a price below nothing",
        lambda s: s.change(o.OrderItem, {"order_id": s.late}, price=-MORE),
    ),
    ("I10", "a refund known as another", lambda s: asked(s, s.refunded, amount=MORE)),
]
