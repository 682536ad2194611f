"""The reservation's table of transitions: what each trigger does in each state."""

from chassis.errors import Gone, NotFound
from chassis.state_machine import (
    IMPOSSIBLE,
    STAY,
    State,
    Table,
    acknowledge,
    every,
    move,
    refuse,
    table,
)
from product_svc.models.states import Effect, ReservationState, ReservationTrigger

HELD, COMMITTED, RELEASED, EXPIRED, REFUSED = ReservationState
STATES: tuple[State, ...] = (None, *ReservationState)
# A tombstone holds no stock. It answers late copies of requests until it is deleted.
TOMBSTONES = (RELEASED, EXPIRED, REFUSED)

REPEATED = acknowledge("the reservation is already in this state")
OVER = refuse("gone", "This order's reservation has ended; place a new order.", Gone)
UNKNOWN = refuse("not_found", "There is no reservation of this order.", NotFound)
ALREADY_COMMITTED = refuse(
    "already_committed", "This order's stock is sold; it can only be restocked."
)
STOCK_GONE = refuse("reservation_gone", "This order's stock is no longer available.")
NOT_COMMITTED = refuse(
    "not_committed", "This order was never committed, so nothing can be restocked."
)

T = ReservationTrigger
TRANSITIONS: Table = table(
    STATES,
    T,
    {
        T.RESERVE: {
            None: move(HELD, Effect.RESERVE),
            **every((HELD, COMMITTED), REPEATED),
            **every(TOMBSTONES, OVER),
        },
        T.REFUSE: {
            **every(STATES, IMPOSSIBLE),
            **every((None, RELEASED, EXPIRED), move(REFUSED)),
        },
        T.RELEASE: {
            None: move(RELEASED),
            HELD: move(RELEASED, Effect.RELEASE),
            COMMITTED: ALREADY_COMMITTED,
            **every(TOMBSTONES, REPEATED),
        },
        T.RELEASE_FINAL: {
            **every((None, RELEASED, EXPIRED), move(REFUSED)),
            HELD: move(REFUSED, Effect.RELEASE),
            COMMITTED: ALREADY_COMMITTED,
            REFUSED: REPEATED,
        },
        T.EXPIRE: {
            **every(STATES, IMPOSSIBLE),
            HELD: move(EXPIRED, Effect.RELEASE),
        },
        T.COMMIT: {
            None: UNKNOWN,
            HELD: move(COMMITTED, Effect.SELL_RESERVED),
            COMMITTED: REPEATED,
            **every((RELEASED, EXPIRED), move(COMMITTED, Effect.SELL_AVAILABLE)),
            REFUSED: STOCK_GONE,
        },
        T.RESTOCK: {
            **every(STATES, NOT_COMMITTED),
            COMMITTED: move(STAY, Effect.RESTOCK),
        },
        T.PROLONG: {
            None: UNKNOWN,
            HELD: move(STAY),  # with a later expiry
            COMMITTED: acknowledge("the stock is sold"),
            **every(TOMBSTONES, OVER),
        },
    },
)
