"""Rules of the order's table of transitions; test_saga.py walks every cell."""

from chassis.state_machine import Kind
from order_svc.models import TRANSITIONS, Effect, Event, OrderState, OrderTrigger

AUTOMATIC = {
    Effect.REFUND_CANCELLED,
    Effect.REFUND_REJECTED,
    Effect.REFUND_STOCK_GONE,
    Effect.REFUND_DUPLICATE,
}
HOLDING = {
    OrderState.PLACED,
    OrderState.AWAITING_PAYMENT,
    OrderState.EXPIRING,
    OrderState.CANCELLING,
}


def test_a_capture_is_taken_in_every_state_of_an_order() -> None:
    kinds = {TRANSITIONS[state, OrderTrigger.CAPTURED].kind for state in OrderState}

    assert kinds == {Kind.MOVE, Kind.ACKNOWLEDGE}
    paid = TRANSITIONS[OrderState.PAID, OrderTrigger.CAPTURED]
    assert paid.kind is Kind.ACKNOWLEDGE  # published again until it is decided


def test_an_automatic_refund_settles_the_payment_in_the_same_transition() -> None:
    refunding = [
        transition
        for transition in TRANSITIONS.values()
        if AUTOMATIC & set(transition.effects)
    ]

    assert refunding
    assert {one.publishes for one in refunding} == {Event.ORDER_SETTLED}


def test_an_order_that_ends_unpaid_releases_its_stock() -> None:
    over = {OrderState.REJECTED, OrderState.EXPIRED, OrderState.CANCELLED}
    ends = {
        (state, trigger): set(transition.effects)
        for (state, trigger), transition in TRANSITIONS.items()
        if state in HOLDING and transition.to in over
    }

    refused = ends.pop((OrderState.PLACED, OrderTrigger.RESERVE_REFUSED))
    assert refused == {Effect.STORE_REFUSAL}  # product-svc holds nothing
    assert all(done & {Effect.RELEASE, Effect.RELEASE_FINAL} for done in ends.values())
