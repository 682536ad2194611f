"""The names of the saga: states, statuses, triggers, effects, events, reasons."""

from enum import StrEnum


class OrderState(StrEnum):
    """The order's step in the saga."""

    PLACED = "placed"  # the stock is not reserved yet
    AWAITING_PAYMENT = "awaiting_payment"  # the stock is reserved
    EXPIRING = "expiring"  # past the deadline; the link is being closed
    CANCELLING = "cancelling"  # the link is being closed
    PAID = "paid"  # captured; the stock is not committed yet
    CONFIRMED = "confirmed"  # the stock is committed
    REJECTED = "rejected"  # it ended before a payment was requested
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUND_PENDING = "refund_pending"  # until the whole payment is refunded
    REFUNDED = "refunded"
    UNDER_REVIEW = "under_review"  # another amount was paid; staff decide


class OrderStatus(StrEnum):
    """The order's state as clients see it."""

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
    OrderState.UNDER_REVIEW: OrderStatus.PENDING,
}
# No row yet is a state too.
STATES: tuple[OrderState | None, ...] = (None, *OrderState)
# Unpaid orders that may hold stock.
UNPAID = (
    OrderState.PLACED,
    OrderState.AWAITING_PAYMENT,
    OrderState.EXPIRING,
    OrderState.CANCELLING,
)
# States in which the outcome of every captured payment is decided.
DECIDED = (OrderState.CONFIRMED, OrderState.REFUND_PENDING, OrderState.REFUNDED)


def display(status: OrderStatus) -> str:
    """Return the status as it is displayed; `success` becomes *Completed*."""
    return "Completed" if status == OrderStatus.SUCCESS else status.capitalize()


class OrderTrigger(StrEnum):
    """What happens to an order; each trigger has a transition for every state."""

    PLACE = "place"
    RESERVED = "stock.reserved"
    OUT_OF_RANGE = "total.out_of_range"
    RESERVE_REFUSED = "stock.refused"
    LINK_READY = "payment.link_ready"
    LINK_LATE = "link.late"  # no link has arrived yet
    CAPTURED = "payment.captured"
    EXTRA_CAPTURED = "payment.captured.extra"  # not the order's own payment
    CLOSED = "payment.closed"
    UNDER_REVIEW = "payment.under_review"  # another amount or currency was paid
    REVIEW_REJECTED = "payment.closed.rejected"  # staff refund the payment
    REVIEW_LATE = "review.late"  # staff have not decided yet
    HOLD_ENDED = "hold.ended"  # REVIEW_HOLD_HOURS have passed
    CANCEL = "cancel"
    DEADLINE = "deadline"  # the time for reserving, paying or closing has passed
    COMMITTED = "stock.committed"
    COMMIT_REFUSED = "stock.gone"
    REFUND_PROCESSED = "refund.processed"
    REFUND_COMPLETED = "refund.processed.whole"  # nothing is left to refund
    REFUND_FAILED = "refund.failed"
    STAFF_REFUND = "refund"
    STAFF_REFUND_REST = "refund.rest"  # all that is left of the payment
    DISPUTED = "payment.disputed"  # a dispute was raised, or has changed


class Effect(StrEnum):
    """What a transition does besides changing the state."""

    SET_PRICES = "set prices"
    STORE_REFUSAL = "store the refusal"
    AWAIT_PAYMENT = "set the payment to pending"
    STORE_LINK = "store the link"
    CLOSE_PAYMENT = "record the payment's end"
    BEGIN_REVIEW = "record the review; alert"
    END_REVIEW = "record the review's end"
    PROLONG = "prolong the reservation until the hold ends"
    END_HOLD = "end the hold"
    TAKE_PAYMENT = "record the payment as the order's own"
    REFUND_CANCELLED = "refund: cancelled"
    REFUND_REJECTED = "refund: rejected"
    REFUND_STOCK_GONE = "refund: stock gone"
    REFUND_DUPLICATE = "refund: duplicate"
    REQUEST_REFUND = "refund: staff; restock returned goods"
    RECORD_REFUND = "record the refund"
    FAIL_REFUND = "record the failed refund"
    RELEASE = "release stock"
    RELEASE_FINAL = "release stock, final"
    ALERT = "alert"
    RECORD_DISPUTE = "record the dispute"


class Event(StrEnum):
    """The messages that the order service publishes."""

    PAYMENT_REQUESTED = "payment.requested"
    PAYMENT_CLOSE_REQUESTED = "payment.close_requested"
    REFUND_REQUESTED = "refund.requested"
    ORDER_SETTLED = "order.settled"


class RefundReason(StrEnum):
    """Why a payment is refunded; free text is the refund's note."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    STOCK_GONE = "stock_gone"
    DUPLICATE = "duplicate"
    STAFF = "staff"
    DIRECT = "direct"  # requested at payment-svc
    PROVIDER = "provider"  # made at Razorpay: dashboard, batch file, automatic


# Refunds that the saga requests; the order then has neither payment nor goods.
AUTOMATIC = (
    RefundReason.CANCELLED,
    RefundReason.REJECTED,
    RefundReason.STOCK_GONE,
    RefundReason.DUPLICATE,
)

# Refunds that this service has not requested; payment-svc repeats them until answered.
UNREQUESTED = (RefundReason.DIRECT, RefundReason.PROVIDER)


class RefundState(StrEnum):
    """What payment-svc has answered to a refund request."""

    REQUESTED = "requested"
    PROCESSED = "processed"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """The refund's state as clients see it; the values are payment-svc's."""

    PENDING = "PENDING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


REFUND_STATUSES: dict[RefundState, RefundStatus] = {
    RefundState.REQUESTED: RefundStatus.PENDING,
    RefundState.PROCESSED: RefundStatus.PROCESSED,
    RefundState.FAILED: RefundStatus.FAILED,
}


class PaymentStatus(StrEnum):
    """The status of the order's payment; the values are payment-svc's."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
