"""What a reservation refuses: the cells of saga.md that change nothing and say why."""

from typing import Any

from chassis.errors import Conflict, Gone, Problem
from product_svc.models import ReservationState, Trigger

HELD, COMMITTED, RELEASED, EXPIRED, REFUSED = ReservationState
TOMBSTONES = (RELEASED, EXPIRED, REFUSED)

Answer = tuple[type[Problem], str, str]
OVER: Answer = (Gone, "gone", "This order's reservation is over; order again.")
TAKEN: Answer = (Conflict, "already_committed", "The order's stock is taken for good.")
LOST: Answer = (Conflict, "reservation_gone", "The order's stock is gone by now.")
UNSOLD: Answer = (Conflict, "not_committed", "Only stock that was taken comes back.")

# A cell that stands neither here nor in TRANSITIONS is so already: the same answer.
REFUSALS: dict[tuple[ReservationState | None, Trigger], Answer] = {
    **{(state, Trigger.RESERVE): OVER for state in TOMBSTONES},
    (COMMITTED, Trigger.RELEASE): TAKEN,
    (COMMITTED, Trigger.RELEASE_FINAL): TAKEN,
    (REFUSED, Trigger.COMMIT): LOST,
    **{(state, Trigger.RESTOCK): UNSOLD for state in (None, HELD, *TOMBSTONES)},
}


def problem(answer: Answer, **extra: Any) -> Problem:
    """Return the problem that an answer of the table stands for."""
    kind, code, sentence = answer
    return kind(sentence, code=code, **extra)


def check(state: ReservationState | None, trigger: Trigger) -> None:
    """Refuse what the table refuses in this state."""
    answer = REFUSALS.get((state, trigger))
    if answer is not None:
        raise problem(answer)
