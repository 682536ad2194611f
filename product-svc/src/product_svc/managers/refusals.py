"""What a reservation refuses, in words: the table's answers that are problems."""

from typing import Any

from chassis.errors import Conflict, Gone, NotFound, Problem
from product_svc.models import ANSWERS, Answer, ReservationState, Trigger

TOMBSTONES = (
    ReservationState.RELEASED,
    ReservationState.EXPIRED,
    ReservationState.REFUSED,
)
WORDS: dict[Answer, tuple[type[Problem], str]] = {
    Answer.UNKNOWN: (NotFound, "There is no reservation of this order."),
    Answer.OVER: (Gone, "This order's reservation is over; order again."),
    Answer.TAKEN: (Conflict, "The order's stock is taken for good."),
    Answer.LOST: (Conflict, "The order's stock is gone by now."),
    Answer.UNSOLD: (Conflict, "Only stock that was taken comes back."),
}


def problem(answer: Answer, **extra: Any) -> Problem:
    """Return the problem that an answer of the table stands for."""
    kind, sentence = WORDS[answer]
    return kind(sentence, code=answer, **extra)


def check(state: ReservationState | None, trigger: Trigger) -> None:
    """Refuse what the table refuses in this state."""
    answer = ANSWERS.get((state, trigger), Answer.SAME)
    if answer in WORDS:
        raise problem(answer)
