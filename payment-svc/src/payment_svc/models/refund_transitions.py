"""The transitions of a refund: one column for each trigger."""

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
from payment_svc.models.refund_states import (
    FAILED,
    PENDING,
    PROCESSED,
    REQUESTED,
    SENT,
    RefundEffect,
    RefundState,
    RefundTrigger,
)

T = RefundTrigger
REFUND_STATES = (None, *RefundState)

TO_PROCESSED = move(
    PROCESSED, RefundEffect.ADD_TO_REFUNDED, publishes=Event.REFUND_PROCESSED
)
NOT_WAITING = refuse("not_waiting", "This refund is not waiting for a dispute.")
TO_FAILED = move(FAILED, publishes=Event.REFUND_FAILED)
STILL_OPEN: Column = {
    None: IMPOSSIBLE,
    REQUESTED: IMPOSSIBLE,
    SENT: move(STAY),  # with Razorpay's id of the refund
    PENDING: move(STAY),
    PROCESSED: acknowledge("already processed"),
    FAILED: acknowledge("already failed"),
}

REFUND_COLUMNS: dict[RefundTrigger, Column] = {
    T.REQUESTED: {
        **every(REFUND_STATES, acknowledge("already requested")),
        None: move(REQUESTED),
        PROCESSED: acknowledge("already processed", Event.REFUND_PROCESSED),
        FAILED: acknowledge("already failed", Event.REFUND_FAILED),
    },
    T.TOO_LARGE: {
        **every(REFUND_STATES, IMPOSSIBLE),
        None: TO_FAILED,  # final under its key
        REQUESTED: TO_FAILED,  # money was refunded elsewhere before the first call
    },
    T.SENT: {
        **every(REFUND_STATES, IMPOSSIBLE),
        REQUESTED: move(SENT),
        SENT: acknowledge("sent again, with the same key and the same body"),
    },
    T.REDUCED: {
        **every(REFUND_STATES, IMPOSSIBLE),
        REQUESTED: move(STAY),
        SENT: move(STAY),  # another body, and therefore another idempotency key
    },
    T.FOUND_PENDING: {
        **every(REFUND_STATES, IMPOSSIBLE),
        None: move(PENDING),
    },
    T.FOUND_PROCESSED: {
        **every(REFUND_STATES, IMPOSSIBLE),
        None: TO_PROCESSED,
    },
    T.NO_ANSWER: STILL_OPEN,
    T.SEEN_PENDING: {**STILL_OPEN, SENT: move(PENDING)},
    T.SEEN_PROCESSED: {**STILL_OPEN, SENT: TO_PROCESSED, PENDING: TO_PROCESSED},
    T.SEEN_FAILED: {**STILL_OPEN, SENT: TO_FAILED, PENDING: TO_FAILED},
    T.REFUSED: {**STILL_OPEN, SENT: TO_FAILED, PENDING: IMPOSSIBLE},
    T.ACK_TIMEOUT: {
        **every(REFUND_STATES, IMPOSSIBLE),
        PROCESSED: acknowledge(
            "order-svc has not acknowledged it", Event.REFUND_PROCESSED
        ),
    },
    T.ACKNOWLEDGED: {
        **every(REFUND_STATES, IMPOSSIBLE),
        PROCESSED: move(STAY),
    },
    T.DISPUTE_OPEN: {
        **every(REFUND_STATES, IMPOSSIBLE),
        REQUESTED: move(STAY),
        SENT: move(STAY),  # refused before, or Razorpay has no such refund
    },
    T.DISPUTE_OVERRIDDEN: {
        **every(REFUND_STATES, NOT_WAITING),
        None: IMPOSSIBLE,
        REQUESTED: move(STAY),  # and is sent next
        SENT: move(STAY),
    },
}
REFUND_TRANSITIONS = table(REFUND_STATES, RefundTrigger, REFUND_COLUMNS)
