"""The order's table: state x event -> what is done. The saga is here and nowhere else.

Each column lists every state: `every(...)` fills it, the lines after it say what
differs. A captured payment is true news in every state: kept or refunded, never
dropped.
"""

from dataclasses import dataclass
from enum import StrEnum

from order_svc.models.states import Effect, OrderEvent, OrderState, RefundReason

# One name a state and effect keeps the table within a screen's width.
PLACED, AWAITING_PAYMENT, EXPIRING, CANCELLING = list(OrderState)[:4]
PAID, CONFIRMED, REJECTED, EXPIRED = list(OrderState)[4:8]
CANCELLED, REFUND_PENDING, REFUNDED = list(OrderState)[8:]
E = Effect


class Kind(StrEnum):
    """How a cell answers its event."""

    MOVE = "move"
    ACK = "ack"  # write down as ignored, with the reason; change nothing
    REFUSE = "refuse"  # tell the client no
    IMPOSSIBLE = "impossible"  # alert; a message is put into quarantine


@dataclass(frozen=True)
class Cell:
    """One cell of the table: where to, what else, or why not."""

    kind: Kind
    to: OrderState | None = None
    effects: tuple[Effect, ...] = ()
    refund: RefundReason | None = None
    reason: str = ""
    code: str = ""


Column = dict[OrderState, Cell]


def move(
    to: OrderState | None, *effects: Effect, refund: RefundReason | None = None
) -> Cell:
    """Move to a state (`None`: stay) with effects."""
    return Cell(Kind.MOVE, to, effects, refund)


def ack(reason: str) -> Cell:
    """Change nothing and write down why."""
    return Cell(Kind.ACK, reason=reason)


def refuse(code: str, reason: str) -> Cell:
    """Tell the client no."""
    return Cell(Kind.REFUSE, reason=reason, code=code)


def every(cell: Cell) -> Column:
    """Fill a column."""
    return dict.fromkeys(OrderState, cell)


STAY = None
NEVER = Cell(Kind.IMPOSSIBLE)
ALREADY_PAID = refuse("already_paid", "The order is paid; it can only be refunded.")
SAME = ack("it is so already")

COLUMNS: dict[OrderEvent, Column] = {
    OrderEvent.RESERVED: {
        **every(ack("the order has gone on without it")),
        PLACED: move(AWAITING_PAYMENT, E.SET_PRICES, E.REQUEST_PAYMENT),
        EXPIRED: move(STAY, E.RELEASE),
        CANCELLED: move(STAY, E.RELEASE_FINAL),
        REJECTED: move(STAY, E.RELEASE_FINAL),
    },
    OrderEvent.OUT_OF_RANGE: {
        **every(NEVER),
        PLACED: move(REJECTED, E.KEEP_REFUSAL, E.RELEASE_FINAL),
    },
    OrderEvent.RESERVE_REFUSED: {
        **every(NEVER),
        PLACED: move(REJECTED, E.KEEP_REFUSAL),
        # A PUT that our own final release has overtaken is answered 410.
        CANCELLED: ack("the order is over already"),
        REJECTED: ack("the order is over already"),
    },
    OrderEvent.LINK_READY: {
        **every(ack("the order is not waiting for a link")),
        AWAITING_PAYMENT: move(STAY, E.STORE_LINK),
    },
    OrderEvent.LINK_LATE: {
        **every(NEVER),
        AWAITING_PAYMENT: move(STAY, E.REQUEST_PAYMENT),
    },
    OrderEvent.CAPTURED: {
        # A link that somebody made by hand: the order has no stock and no price yet.
        PLACED: move(
            REFUND_PENDING,
            *(E.TAKE_PAYMENT, E.REFUND, E.RELEASE_FINAL, E.ALERT),
            refund=RefundReason.REJECTED,
        ),
        AWAITING_PAYMENT: move(PAID, E.TAKE_PAYMENT),
        EXPIRING: move(PAID, E.TAKE_PAYMENT),
        EXPIRED: move(PAID, E.TAKE_PAYMENT),  # the commit takes the stock again
        CANCELLING: move(
            REFUND_PENDING,
            *(E.TAKE_PAYMENT, E.REFUND, E.RELEASE_FINAL),
            refund=RefundReason.CANCELLED,
        ),
        CANCELLED: move(
            REFUND_PENDING, E.TAKE_PAYMENT, E.REFUND, refund=RefundReason.CANCELLED
        ),
        REJECTED: move(
            REFUND_PENDING, E.TAKE_PAYMENT, E.REFUND, refund=RefundReason.REJECTED
        ),
        PAID: ack("it is not decided yet; it will be announced again"),
        CONFIRMED: move(STAY, E.SETTLE),
        REFUND_PENDING: move(STAY, E.SETTLE),
        REFUNDED: move(STAY, E.SETTLE),
    },
    OrderEvent.EXTRA_CAPTURED: {
        **every(NEVER),
        PAID: ack("it is not decided yet; it will be announced again"),
        CONFIRMED: move(STAY, E.REFUND, refund=RefundReason.DUPLICATE),
        REFUND_PENDING: move(STAY, E.REFUND, refund=RefundReason.DUPLICATE),
        REFUNDED: move(STAY, E.REFUND, refund=RefundReason.DUPLICATE),
    },
    OrderEvent.CLOSED: {
        **every(ack("a late close changes nothing")),
        AWAITING_PAYMENT: move(EXPIRED, E.CLOSE_PAYMENT, E.RELEASE),
        EXPIRING: move(EXPIRED, E.CLOSE_PAYMENT, E.RELEASE),
        CANCELLING: move(CANCELLED, E.CLOSE_PAYMENT, E.RELEASE_FINAL),
    },
    OrderEvent.CANCEL: {
        PLACED: move(CANCELLED, E.RELEASE_FINAL),
        AWAITING_PAYMENT: move(CANCELLING, E.REQUEST_CLOSE),
        EXPIRING: move(CANCELLING),  # the close is asked for already
        CANCELLING: SAME,
        CANCELLED: SAME,
        REJECTED: SAME,
        EXPIRED: refuse("order_expired", "The order has expired; nothing is open."),
        PAID: ALREADY_PAID,
        CONFIRMED: ALREADY_PAID,
        REFUND_PENDING: ALREADY_PAID,
        REFUNDED: ALREADY_PAID,
    },
    OrderEvent.DEADLINE: {
        **every(NEVER),
        PLACED: move(REJECTED, E.RELEASE_FINAL),
        # Ask before releasing: stock is freed once the provider calls the link dead.
        AWAITING_PAYMENT: move(EXPIRING, E.REQUEST_CLOSE),
        EXPIRING: move(STAY, E.REQUEST_CLOSE),
        CANCELLING: move(STAY, E.REQUEST_CLOSE),
        PAID: ack("the commit is tried again"),
        REFUND_PENDING: ack("each unanswered refund is asked for again by its row"),
    },
    OrderEvent.COMMITTED: {
        **every(NEVER),
        PAID: move(CONFIRMED, E.SETTLE),
        CONFIRMED: SAME,
    },
    OrderEvent.COMMIT_REFUSED: {
        **every(NEVER),
        PAID: move(REFUND_PENDING, E.REFUND, refund=RefundReason.STOCK_GONE),
    },
    OrderEvent.REFUND_PROCESSED: every(move(STAY, E.RECORD_REFUND)),
    OrderEvent.REFUND_COMPLETED: {
        **every(move(STAY, E.RECORD_REFUND)),
        CONFIRMED: move(REFUNDED, E.RECORD_REFUND),
        REFUND_PENDING: move(REFUNDED, E.RECORD_REFUND),
    },
    OrderEvent.REFUND_FAILED: every(move(STAY, E.FAIL_REFUND, E.ALERT)),
    OrderEvent.STAFF_REFUND: {
        **every(refuse("not_refundable", "There is no money of this order to return.")),
        CONFIRMED: move(STAY, E.ASK_REFUND),
        REFUND_PENDING: move(STAY, E.ASK_REFUND),  # after one that failed
    },
    OrderEvent.STAFF_REFUND_REST: {
        **every(refuse("not_refundable", "There is no money of this order to return.")),
        CONFIRMED: move(REFUND_PENDING, E.ASK_REFUND),
        REFUND_PENDING: move(STAY, E.ASK_REFUND),
    },
}

TRANSITIONS: dict[tuple[OrderState, OrderEvent], Cell] = {
    (state, event): cell
    for event, column in COLUMNS.items()
    for state, cell in column.items()
}
