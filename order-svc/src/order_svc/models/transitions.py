"""The order's table of transitions: what each trigger does in each state.

This table defines the saga. A captured payment is recorded in every state: the order
keeps or refunds it.
"""

from chassis.state_machine import (
    IMPOSSIBLE,
    STAY,
    Column,
    Table,
    Transition,
    acknowledge,
    every,
    move,
    refuse,
    table,
)
from order_svc.models.states import STATES, Effect, Event, OrderState, OrderTrigger

# Short names for states, effects and events keep each transition on one line.
PLACED, AWAITING_PAYMENT, EXPIRING, CANCELLING = list(OrderState)[:4]
PAID, CONFIRMED, REJECTED, EXPIRED = list(OrderState)[4:8]
CANCELLED, REFUND_PENDING, REFUNDED, UNDER_REVIEW = list(OrderState)[8:]
E = Effect
REQUEST_PAYMENT, REQUEST_CLOSE, _, SETTLED = list(Event)

UNCHANGED = acknowledge("there is nothing to change")
UNDECIDED = acknowledge("not decided yet; payment-svc will publish the capture again")
OVER = acknowledge("the order has already ended")
ALREADY_PAID = refuse("already_paid", "The order is paid; it can only be refunded.")
PAYMENT_UNDER_REVIEW = refuse(
    "payment_under_review",
    "A payment was received and is being checked; the order cannot be cancelled now.",
)
EXPIRED_ALREADY = refuse("order_expired", "The order has expired.")
NOT_REFUNDABLE = refuse("not_refundable", "This order has no payment to refund.")

TO_REVIEW = move(UNDER_REVIEW, E.BEGIN_REVIEW, E.PROLONG)
REVIEW_BEGINS = move(STAY, E.BEGIN_REVIEW)
REVIEW_EXPIRES = move(EXPIRED, E.CLOSE_PAYMENT, E.END_REVIEW, E.RELEASE)


def existing(transition: Transition) -> Column:
    """Fill a trigger's column with one transition, and IMPOSSIBLE without an order."""
    return {**every(STATES, transition), None: IMPOSSIBLE}


TRANSITIONS: Table = table(
    STATES,
    OrderTrigger,
    {
        OrderTrigger.PLACE: {**every(STATES, IMPOSSIBLE), None: move(PLACED)},
        OrderTrigger.RESERVED: {
            **existing(acknowledge("the order is not waiting for stock")),
            PLACED: move(
                AWAITING_PAYMENT,
                *(E.SET_PRICES, E.AWAIT_PAYMENT),
                publishes=REQUEST_PAYMENT,
            ),
            # A late answer: the order no longer needs the stock.
            EXPIRED: move(STAY, E.RELEASE),
            CANCELLED: move(STAY, E.RELEASE_FINAL),
            REJECTED: move(STAY, E.RELEASE_FINAL),
        },
        OrderTrigger.OUT_OF_RANGE: {
            **every(STATES, IMPOSSIBLE),
            PLACED: move(REJECTED, E.STORE_REFUSAL, E.RELEASE_FINAL),
        },
        OrderTrigger.RESERVE_REFUSED: {
            **every(STATES, IMPOSSIBLE),
            PLACED: move(REJECTED, E.STORE_REFUSAL),
            # A reservation request that arrives after our final release gets a 410.
            CANCELLED: OVER,
            REJECTED: OVER,
        },
        OrderTrigger.LINK_READY: {
            **existing(acknowledge("the order is not waiting for a link")),
            AWAITING_PAYMENT: move(STAY, E.STORE_LINK),
        },
        OrderTrigger.LINK_LATE: {
            **every(STATES, IMPOSSIBLE),
            AWAITING_PAYMENT: move(STAY, publishes=REQUEST_PAYMENT),
        },
        OrderTrigger.CAPTURED: {
            None: IMPOSSIBLE,
            # Staff created the link by hand: the order has no stock and no price yet.
            PLACED: move(
                REFUND_PENDING,
                *(E.TAKE_PAYMENT, E.REFUND_REJECTED, E.RELEASE_FINAL, E.ALERT),
                publishes=SETTLED,
            ),
            AWAITING_PAYMENT: move(PAID, E.TAKE_PAYMENT),
            EXPIRING: move(PAID, E.TAKE_PAYMENT),
            EXPIRED: move(PAID, E.TAKE_PAYMENT),  # the commit checks the stock again
            CANCELLING: move(
                REFUND_PENDING,
                *(E.TAKE_PAYMENT, E.REFUND_CANCELLED, E.RELEASE_FINAL),
                publishes=SETTLED,
            ),
            CANCELLED: move(
                REFUND_PENDING, E.TAKE_PAYMENT, E.REFUND_CANCELLED, publishes=SETTLED
            ),
            REJECTED: move(
                REFUND_PENDING, E.TAKE_PAYMENT, E.REFUND_REJECTED, publishes=SETTLED
            ),
            UNDER_REVIEW: move(PAID, E.TAKE_PAYMENT),
            PAID: UNDECIDED,
            CONFIRMED: move(STAY, publishes=SETTLED),
            REFUND_PENDING: move(STAY, publishes=SETTLED),
            REFUNDED: move(STAY, publishes=SETTLED),
        },
        OrderTrigger.EXTRA_CAPTURED: {
            **every(STATES, IMPOSSIBLE),
            PAID: UNDECIDED,
            CONFIRMED: move(STAY, E.REFUND_DUPLICATE, publishes=SETTLED),
            REFUND_PENDING: move(STAY, E.REFUND_DUPLICATE, publishes=SETTLED),
            REFUNDED: move(STAY, E.REFUND_DUPLICATE, publishes=SETTLED),
        },
        OrderTrigger.CLOSED: {
            **existing(acknowledge("a late close changes nothing")),
            AWAITING_PAYMENT: move(EXPIRED, E.CLOSE_PAYMENT, E.RELEASE),
            EXPIRING: move(EXPIRED, E.CLOSE_PAYMENT, E.RELEASE),
            CANCELLING: move(CANCELLED, E.CLOSE_PAYMENT, E.RELEASE_FINAL),
        },
        OrderTrigger.UNDER_REVIEW: {
            **existing(acknowledge("the order is paid")),
            **every((AWAITING_PAYMENT, EXPIRING), TO_REVIEW),
            # The order stays as it is until staff have decided; then the payment is
            # captured or closed as usual.
            **every((PLACED, CANCELLING), REVIEW_BEGINS),
            **every((EXPIRED, CANCELLED, REJECTED), REVIEW_BEGINS),
            UNDER_REVIEW: move(STAY, E.BEGIN_REVIEW),
        },
        OrderTrigger.REVIEW_REJECTED: {
            **existing(acknowledge("a late close changes nothing")),
            **every((AWAITING_PAYMENT, EXPIRING, UNDER_REVIEW), REVIEW_EXPIRES),
            CANCELLING: move(CANCELLED, E.CLOSE_PAYMENT, E.END_REVIEW, E.RELEASE_FINAL),
            **every((PLACED, EXPIRED, CANCELLED, REJECTED), move(STAY, E.END_REVIEW)),
        },
        OrderTrigger.REVIEW_LATE: {
            **existing(acknowledge("no payment is under review")),
            UNDER_REVIEW: move(STAY, E.PROLONG, publishes=REQUEST_CLOSE),
            **every(
                (EXPIRED, CANCELLED, REJECTED), move(STAY, publishes=REQUEST_CLOSE)
            ),
        },
        OrderTrigger.HOLD_ENDED: {
            **existing(acknowledge("no payment is under review")),
            UNDER_REVIEW: move(STAY, E.END_HOLD, E.RELEASE, publishes=REQUEST_CLOSE),
        },
        OrderTrigger.CANCEL: {
            None: IMPOSSIBLE,
            PLACED: move(CANCELLED, E.RELEASE_FINAL),
            AWAITING_PAYMENT: move(CANCELLING, publishes=REQUEST_CLOSE),
            EXPIRING: move(CANCELLING),  # the close is requested already
            CANCELLING: UNCHANGED,
            CANCELLED: UNCHANGED,
            REJECTED: UNCHANGED,
            EXPIRED: EXPIRED_ALREADY,
            UNDER_REVIEW: PAYMENT_UNDER_REVIEW,
            PAID: ALREADY_PAID,
            CONFIRMED: ALREADY_PAID,
            REFUND_PENDING: ALREADY_PAID,
            REFUNDED: ALREADY_PAID,
        },
        OrderTrigger.DEADLINE: {
            **every(STATES, IMPOSSIBLE),
            PLACED: move(REJECTED, E.RELEASE_FINAL),
            # Stock is released only when the provider has closed the payment link.
            AWAITING_PAYMENT: move(EXPIRING, publishes=REQUEST_CLOSE),
            EXPIRING: move(STAY, publishes=REQUEST_CLOSE),
            CANCELLING: move(STAY, publishes=REQUEST_CLOSE),
            UNDER_REVIEW: acknowledge("a payment is under review"),
            PAID: acknowledge("the commit is tried again"),
            REFUND_PENDING: acknowledge(
                "a separate job requests unanswered refunds again"
            ),
        },
        OrderTrigger.COMMITTED: {
            **every(STATES, IMPOSSIBLE),
            PAID: move(CONFIRMED, publishes=SETTLED),
            CONFIRMED: UNCHANGED,
        },
        OrderTrigger.COMMIT_REFUSED: {
            **every(STATES, IMPOSSIBLE),
            PAID: move(REFUND_PENDING, E.REFUND_STOCK_GONE, publishes=SETTLED),
        },
        OrderTrigger.REFUND_PROCESSED: existing(move(STAY, E.RECORD_REFUND)),
        OrderTrigger.REFUND_COMPLETED: {
            **existing(move(STAY, E.RECORD_REFUND)),
            CONFIRMED: move(REFUNDED, E.RECORD_REFUND),
            REFUND_PENDING: move(REFUNDED, E.RECORD_REFUND),
        },
        OrderTrigger.REFUND_FAILED: existing(move(STAY, E.FAIL_REFUND, E.ALERT)),
        OrderTrigger.STAFF_REFUND: {
            **existing(NOT_REFUNDABLE),
            CONFIRMED: move(STAY, E.REQUEST_REFUND),
            REFUND_PENDING: move(STAY, E.REQUEST_REFUND),  # after a refund that failed
        },
        OrderTrigger.STAFF_REFUND_REST: {
            **existing(NOT_REFUNDABLE),
            CONFIRMED: move(REFUND_PENDING, E.REQUEST_REFUND),
            REFUND_PENDING: move(STAY, E.REQUEST_REFUND),
        },
        # A dispute changes no state: it only keeps staff from refunding.
        OrderTrigger.DISPUTED: existing(move(STAY, E.RECORD_DISPUTE)),
    },
)
