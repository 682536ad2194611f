"""Violations of I01 to I05, each seeded into a healthy shop."""

from datetime import timedelta

from audit.spoil import order, reservation, stock

import order_svc.models as o
import product_svc.models as p

DAY = timedelta(days=1)

SEEDS = [
    ("I01", "less than nothing", lambda s: stock(s, stock_quantity=-1)),
    ("I01", "negative reserved", lambda s: stock(s, reserved_quantity=-1)),
    ("I01", "more reserved than there is", lambda s: stock(s, reserved_quantity=999)),
    ("I02", "reserved for nobody", lambda s: stock(s, reserved_quantity=1)),
    ("I02", "held, not reserved", lambda s: reservation(s, s.expired, state="held")),
    ("I03", "stock from nowhere", lambda s: stock(s, stock_quantity=19)),
    ("I03", "a sale not booked", lambda s: s.drop(p.StockMovement, kind="commit")),
    (
        "I03",
        "a sale booked twice",
        lambda s: s.again(p.StockMovement, {"kind": "commit"}, id=9001, delta=0),
    ),
    (
        "I03",
        "a return booked for another order",
        lambda s: s.change(
            p.StockMovement, {"kind": "restock"}, reference="1:refund-1"
        ),
    ),
    (
        "I04",
        "less taken than sold",
        lambda s: s.change(o.OrderItem, {"order_id": s.partly}, quantity=9),
    ),
    ("I04", "sold, not taken", lambda s: reservation(s, s.confirmed, state="expired")),
    (
        "I04",
        "a return that was not restocked",
        lambda s: s.change(p.ReservationItem, {"order_id": s.partly}, returned=0),
    ),
    ("I05", "taken, not sold", lambda s: reservation(s, s.expired, state="committed")),
    (
        "I05",
        "taken for a refund of goods never sold",
        lambda s: s.drop(o.OrderHistory, order_id=s.direct, to_state="confirmed"),
    ),
    (
        "I05",
        "held for a finished order",
        lambda s: reservation(s, s.late, state="held"),
    ),
    (
        "I05",
        "held for no order",
        lambda s: s.again(p.Reservation, {}, order_id=9001, state="held"),
    ),
    (
        "I05",
        "held past its time",
        lambda s: (
            order(s, s.late, state="paid"),
            reservation(s, s.late, state="held", expires_at=s.now - DAY),
        ),
    ),
]
