"""What the moves of stock in the reservation's table add up to."""

from chassis.state_machine import Kind
from product_svc.models import (
    STOCK_CHANGES,
    TOMBSTONES,
    TRANSITIONS,
    Effect,
    ReservationState,
    ReservationTrigger,
)

HELD, COMMITTED = ReservationState.HELD, ReservationState.COMMITTED
MOVES = {
    (source, trigger): (transition.to or source, transition.effects)
    for (source, trigger), transition in TRANSITIONS.items()
    if transition.kind is Kind.MOVE
}


def test_stock_is_reserved_exactly_while_a_reservation_is_held() -> None:
    for (source, _), (to, effects) in MOVES.items():
        reserved = sum(STOCK_CHANGES[Effect(effect)].reserved for effect in effects)

        assert reserved == (to == HELD) - (source == HELD), (source, to)


def test_stock_is_sold_once_and_only_comes_back_by_a_restock() -> None:
    for (source, trigger), (to, effects) in MOVES.items():
        stock = sum(STOCK_CHANGES[Effect(effect)].stock for effect in effects)
        is_restock = trigger == ReservationTrigger.RESTOCK

        expected = 1 if is_restock else (source == COMMITTED) - (to == COMMITTED)
        assert stock == expected, (source, trigger)


def test_a_sale_is_never_undone_and_no_tombstone_holds_stock_again() -> None:
    assert {to for (source, _), (to, _) in MOVES.items() if source == COMMITTED} == {
        COMMITTED
    }
    for (source, _), (to, _) in MOVES.items():
        assert source not in TOMBSTONES or to != HELD


def test_every_move_of_stock_has_its_quantities() -> None:
    assert set(STOCK_CHANGES) == set(Effect)
