"""I01 to I05: stock, its ledger and its reservations."""

from collections import Counter, defaultdict

from devtools.audit.books import Books, Found
from order_svc.models import StockCommandKind, StockCommandState
from product_svc.models import MovementKind, ReservationState

RESTOCKED = (StockCommandKind.RESTOCK, StockCommandState.DONE)


def impossible_quantities(books: Books) -> Found:
    """I01: negative quantities, or more reserved than in stock."""
    for row in books.products:
        if not 0 <= row.reserved_quantity <= row.stock_quantity:
            yield {
                "product": row.id,
                "stock": row.stock_quantity,
                "reserved": row.reserved_quantity,
            }


def reserved_without_reservation(books: Books) -> Found:
    """I02: the reserved quantity of a product, compared with its reservations."""
    held: Counter[int] = Counter()
    for item in books.reservation_items:
        row = books.reservation.get(item.order_id)
        if row is not None and row.state == ReservationState.HELD:
            held[item.product_id] += item.quantity
    for row in books.products:
        if row.reserved_quantity != held[row.id]:
            yield {
                "product": row.id,
                "reserved": row.reserved_quantity,
                "held by orders": held[row.id],
            }


def stock_without_movement(books: Books) -> Found:
    """I03: stock compared with the sum of its ledger, and duplicate bookings."""
    sums: Counter[int] = Counter()
    for row in books.movements:
        sums[row.product_id] += row.delta
    for row in books.products:
        if row.stock_quantity != sums[row.id]:
            yield {
                "product": row.id,
                "stock": row.stock_quantity,
                "sum of the ledger": sums[row.id],
            }
    booked = Counter((m.kind, m.reference, m.product_id) for m in books.movements)
    for (kind, reference, product_id), times in booked.items():
        if times > 1 and reference is not None:
            yield {
                "product": product_id,
                "booked": f"{times} times",
                "as": f"{kind} {reference}",
            }
    yield from _movements_of_reservations(books)


def _movements_of_reservations(books: Books) -> Found:
    """Compare each reservation with the ledger's lines of its order."""
    went, came = (
        _booked(books, MovementKind.COMMIT),
        _booked(books, MovementKind.RESTOCK),
    )
    for order_id in sorted(books.reservation.keys() | went.keys() | came.keys()):
        taken = _taken(books, order_id)
        returned = books.returned.get(order_id, Counter())
        if went[order_id] != _negative(taken) or came[order_id] != returned:
            yield {
                "order": order_id,
                "taken": dict(taken),
                "by the ledger": dict(went[order_id]),
                "returned": dict(returned),
                "back by the ledger": dict(came[order_id]),
            }


def _booked(books: Books, kind: MovementKind) -> dict[int, Counter[int]]:
    """Add up the ledger's lines of a kind by order, whose id begins the reference."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for row in books.movements:
        order_id = (row.reference or "").partition(":")[0]
        if row.kind == kind and order_id.isdigit():
            found[int(order_id)][row.product_id] += row.delta
    return found


def _negative(amounts: Counter[int]) -> Counter[int]:
    return Counter({product_id: -n for product_id, n in amounts.items()})


def _taken(books: Books, order_id: int) -> Counter[int]:
    """Return what an order has taken for good, by product id."""
    row = books.reservation.get(order_id)
    if row is None or row.state != ReservationState.COMMITTED:
        return Counter()
    return books.reserved.get(order_id, Counter())


def sold_without_stock(books: Books) -> Found:
    """I04: sold and returned units of confirmed orders match the reservations."""
    came_back: dict[int, Counter[int]] = defaultdict(Counter)
    for row in books.stock_commands:
        if (row.kind, row.state) == RESTOCKED:
            for item in row.items or ():
                came_back[row.order_id][item["product_id"]] += item["quantity"]
    for order_id in filter(books.is_at_rest, sorted(books.confirmed)):
        sold, taken = books.sold.get(order_id, Counter()), _taken(books, order_id)
        returned = books.returned.get(order_id, Counter())
        if sold != taken or came_back[order_id] != returned:
            yield {
                "order": order_id,
                "sold": dict(sold),
                "taken": dict(taken),
                "restocked by order-svc": dict(came_back[order_id]),
                "restocked by product-svc": dict(returned),
            }


def stock_without_sale(books: Books) -> Found:
    """I05: stock that is taken or held without a sale or an open order."""
    for row in filter(lambda row: books.is_at_rest(row.order_id), books.reservations):
        facts = {"order": row.order_id, "reservation": str(row.state)}
        order = books.order.get(row.order_id)
        facts["order's state"] = str(order.state) if order else "there is none"
        if row.state == ReservationState.COMMITTED:
            kept = books.reserved[row.order_id] - books.returned.get(
                row.order_id, Counter()
            )
            if kept and row.order_id not in books.confirmed:
                yield {**facts, "leaked": dict(kept)}
        elif row.state == ReservationState.HELD:
            is_late = row.expires_at is not None and books.is_past(row.expires_at)
            if is_late or books.is_finished(row.order_id):
                yield {**facts, "held until": str(row.expires_at)}
