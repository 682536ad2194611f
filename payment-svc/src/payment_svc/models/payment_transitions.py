"""The transitions of a payment: one column for each trigger."""

from chassis.state_machine import (
    IMPOSSIBLE,
    STAY,
    Column,
    acknowledge,
    every,
    move,
    refuse,
    table,
)
from payment_svc.models.events import Event
from payment_svc.models.payment_states import (
    CAPTURED,
    CLOSED,
    CLOSING,
    CREATED,
    ISSUED,
    UNDER_REVIEW,
    PaymentState,
    PaymentTrigger,
)

T = PaymentTrigger
PAYMENT_STATES = (None, *PaymentState)

TO_CLOSED = move(CLOSED, publishes=Event.CLOSED)
TO_CAPTURED = move(CAPTURED, publishes=Event.CAPTURED)
TO_REVIEW = move(UNDER_REVIEW, publishes=Event.UNDER_REVIEW)
NOT_UNDER_REVIEW = refuse("not_suspect", "This payment is not under review.")

PAYMENT_COLUMNS: dict[PaymentTrigger, Column] = {
    T.REQUESTED: {
        None: move(CREATED),
        CREATED: acknowledge("the link is being created"),
        ISSUED: acknowledge("the link exists", publishes=Event.LINK_READY),
        CLOSING: acknowledge("the link is being cancelled"),
        CLOSED: acknowledge("closed payments stay closed", publishes=Event.CLOSED),
        CAPTURED: acknowledge("already captured", publishes=Event.CAPTURED),
        UNDER_REVIEW: acknowledge("an admin decides", publishes=Event.UNDER_REVIEW),
    },
    T.CLOSE_REQUESTED: {
        None: TO_CLOSED,  # a tombstone: a request that arrives later creates no link
        CREATED: move(CLOSING),
        ISSUED: move(CLOSING),
        CLOSING: move(STAY),  # with the newer reason
        CLOSED: acknowledge("already closed", publishes=Event.CLOSED),
        CAPTURED: acknowledge("already captured", publishes=Event.CAPTURED),
        UNDER_REVIEW: acknowledge("an admin decides", publishes=Event.UNDER_REVIEW),
    },
    T.LINK_CREATED: {
        # In later states the ids of the link are stored: it may have to be cancelled.
        **every(PaymentState, move(STAY)),
        None: IMPOSSIBLE,
        CREATED: move(ISSUED, publishes=Event.LINK_READY),
    },
    T.LINK_FAILED: {
        **every(PaymentState, move(STAY)),
        None: IMPOSSIBLE,
        CREATED: TO_CLOSED,
    },
    T.LINK_ENDED: {
        None: IMPOSSIBLE,
        CREATED: TO_CLOSED,
        ISSUED: TO_CLOSED,
        CLOSING: TO_CLOSED,
        CLOSED: acknowledge("already closed"),
        CAPTURED: acknowledge("already captured"),
        UNDER_REVIEW: acknowledge("an admin decides"),
    },
    T.CAPTURE_SEEN: {
        **every(PAYMENT_STATES, TO_CAPTURED),  # None: an EXTRA; CLOSED: paid late
        CAPTURED: acknowledge("already captured"),
        UNDER_REVIEW: acknowledge("an admin decides"),
    },
    T.MISMATCH_SEEN: {
        **every(PAYMENT_STATES, TO_REVIEW),
        CAPTURED: acknowledge("already captured"),
        UNDER_REVIEW: acknowledge("an admin decides"),
    },
    T.SECOND_CAPTURE_SEEN: {
        **every(PAYMENT_STATES, IMPOSSIBLE),
        CAPTURED: acknowledge("recorded as an EXTRA payment"),
        UNDER_REVIEW: acknowledge("recorded as an EXTRA payment"),
    },
    T.REVIEW_ACCEPTED: {
        **every(PaymentState, NOT_UNDER_REVIEW),
        None: IMPOSSIBLE,
        UNDER_REVIEW: TO_CAPTURED,
    },
    T.REVIEW_REJECTED: {
        **every(PaymentState, NOT_UNDER_REVIEW),
        None: IMPOSSIBLE,
        UNDER_REVIEW: TO_CLOSED,
    },
    T.SETTLED: {
        **every(PAYMENT_STATES, IMPOSSIBLE),
        CAPTURED: move(STAY),  # with the outcome
    },
    T.ACK_TIMEOUT: {
        **every(PAYMENT_STATES, IMPOSSIBLE),
        CAPTURED: acknowledge("order-svc has not settled it", Event.CAPTURED),
    },
    T.REFUNDS_UNEXPLAINED: {
        **every(PaymentState, acknowledge("a person compares it with Razorpay")),
        None: IMPOSSIBLE,
    },
}
PAYMENT_TRANSITIONS = table(PAYMENT_STATES, PaymentTrigger, PAYMENT_COLUMNS)
