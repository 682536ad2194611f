"""The words of the saga: states, statuses, events, effects, reasons."""

from enum import StrEnum


class OrderState(StrEnum):
    """Where the saga stands."""

    PLACED = "placed"
    AWAITING_PAYMENT = "awaiting_payment"
    EXPIRING = "expiring"
    CANCELLING = "cancelling"
    PAID = "paid"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


class OrderStatus(StrEnum):
    """What clients know of it."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


STATUSES: dict[OrderState, OrderStatus] = {
    OrderState.PLACED: OrderStatus.PENDING,
    OrderState.AWAITING_PAYMENT: OrderStatus.PENDING,
    OrderState.EXPIRING: OrderStatus.PENDING,
    OrderState.CANCELLING: OrderStatus.PENDING,
    OrderState.PAID: OrderStatus.PENDING,
    OrderState.CONFIRMED: OrderStatus.SUCCESS,
    OrderState.REJECTED: OrderStatus.FAILED,
    OrderState.EXPIRED: OrderStatus.FAILED,
    OrderState.CANCELLED: OrderStatus.CANCELLED,
    OrderState.REFUND_PENDING: OrderStatus.REFUNDING,
    OrderState.REFUNDED: OrderStatus.REFUNDED,
}
# Orders that hold stock without having been paid.
UNPAID = (
    OrderState.PLACED,
    OrderState.AWAITING_PAYMENT,
    OrderState.EXPIRING,
    OrderState.CANCELLING,
)
# Orders of which it is decided what becomes of their captures.
DECIDED = (OrderState.CONFIRMED, OrderState.REFUND_PENDING, OrderState.REFUNDED)


def display(status: OrderStatus) -> str:
    """Return the status as people read it: `success` is *Completed*."""
    return "Completed" if status == OrderStatus.SUCCESS else status.capitalize()


class OrderEvent(StrEnum):
    """What happens to an order."""

    RESERVED = "stock.reserved"
    OUT_OF_RANGE = "total.out_of_range"
    RESERVE_REFUSED = "stock.refused"
    LINK_READY = "payment.link_ready"
    LINK_LATE = "link.late"
    CAPTURED = "payment.captured"
    EXTRA_CAPTURED = "payment.captured.extra"
    CLOSED = "payment.closed"
    CANCEL = "cancel"
    DEADLINE = "deadline"
    COMMITTED = "stock.committed"
    COMMIT_REFUSED = "stock.gone"
    REFUND_PROCESSED = "refund.processed"
    REFUND_COMPLETED = "refund.processed.whole"
    REFUND_FAILED = "refund.failed"
    STAFF_REFUND = "refund"
    STAFF_REFUND_REST = "refund.rest"


class Effect(StrEnum):
    """What a cell of the table does besides moving the order."""

    SET_PRICES = "set prices"
    KEEP_REFUSAL = "keep the refusal"
    REQUEST_PAYMENT = "emit payment.requested"
    REQUEST_CLOSE = "emit payment.close_requested"
    STORE_LINK = "store the link"
    CLOSE_PAYMENT = "note the payment's end"
    TAKE_PAYMENT = "take the payment as the order's own"
    SETTLE = "emit order.settled"
    REFUND = "refund, emit refund.requested and order.settled"
    ASK_REFUND = "emit refund.requested, restock"
    RECORD_REFUND = "record the refund"
    FAIL_REFUND = "note the failed refund"
    RELEASE = "owe release"
    RELEASE_FINAL = "owe final release"
    ALERT = "alert"


class RefundReason(StrEnum):
    """Why money goes back; free text is the refund's note."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    STOCK_GONE = "stock_gone"
    DUPLICATE = "duplicate"
    STAFF = "staff"
    DIRECT = "direct"  # begun at payment-svc


AUTOMATIC = (
    RefundReason.CANCELLED,
    RefundReason.REJECTED,
    RefundReason.STOCK_GONE,
    RefundReason.DUPLICATE,
)


class RefundState(StrEnum):
    """What payment-svc has answered."""

    REQUESTED = "requested"
    PROCESSED = "processed"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """What clients know of a refund, in payment-svc's words."""

    PENDING = "PENDING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


REFUND_STATUSES: dict[RefundState, RefundStatus] = {
    RefundState.REQUESTED: RefundStatus.PENDING,
    RefundState.PROCESSED: RefundStatus.PROCESSED,
    RefundState.FAILED: RefundStatus.FAILED,
}


class PaymentStatus(StrEnum):
    """The order's payment in payment-svc's words, as messages tell it."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
