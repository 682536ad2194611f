"""A transition writes row, timeline, effects and events together, or nothing."""

import logging
from enum import StrEnum

import pytest
from sqlalchemy import String, event, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db import Id
from chassis.errors import Conflict, Gone, NotFound, Unavailable
from chassis.state_machine import (
    IMPOSSIBLE,
    STAY,
    Impossible,
    Kind,
    StateMachine,
    Trigger,
    acknowledge,
    every,
    move,
    refuse,
    table,
)


class State(StrEnum):
    OFF = "off"
    ON = "on"


class Switch(StrEnum):
    INSTALL = "install"
    PRESS = "press"
    DIM = "dim"
    ASK = "ask"
    BREAK = "break"
    SELL = "sell"


class Effect(StrEnum):
    COUNT = "count"
    FAIL = "fail"


class Event(StrEnum):
    LIT = "lamp.lit"


STATES = (None, *State)
TABLE = table(
    STATES,
    Switch,
    {
        Switch.INSTALL: {**every(STATES, IMPOSSIBLE), None: move(State.OFF)},
        Switch.PRESS: {
            None: IMPOSSIBLE,
            State.OFF: move(State.ON, Effect.COUNT, publishes=Event.LIT),
            State.ON: move(State.OFF, Effect.FAIL),
        },
        Switch.DIM: {
            **every(STATES, acknowledge("it is dark")),
            State.ON: move(STAY, Effect.COUNT),
        },
        Switch.ASK: {
            **every(STATES, acknowledge("nobody asks")),
            State.ON: acknowledge("it is lit", publishes=Event.LIT),
        },
        Switch.BREAK: every(STATES, IMPOSSIBLE),
        Switch.SELL: every(STATES, refuse("sold_out", "There are none left.", Gone)),
    },
)


class Base(DeclarativeBase):
    pass


class Lamp(Base):
    __tablename__ = "lamps"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[State] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    presses: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(String(20), default="")


class LampMachine(StateMachine[Lamp]):
    model = Lamp
    noun = "lamp"
    transitions = TABLE

    def __init__(self, session):
        self.session = session
        self.effects = {Effect.COUNT: self._count, Effect.FAIL: self._fail}
        self.done = []

    def columns(self, row, to, trigger):
        more = dict(trigger.data) if row is None else {}
        return {**more, "label": f"now {to}"}

    def record(self, row, source, transition, trigger):
        self.done.append((str(transition.kind), source, trigger.name, row.state))

    def publish(self, row, event, trigger):
        self.done.append(event)

    def schedule(self, row, source, trigger):
        self.done.append("scheduled")

    def _count(self, row, trigger):
        row.presses += 1
        self.done.append("counted")

    def _fail(self, row, trigger):
        raise Conflict("The bulb is broken.")


@pytest.fixture
def machine(session):
    Base.metadata.create_all(session.connection())
    session.commit()
    yield LampMachine(session)
    session.rollback()
    Base.metadata.drop_all(session.connection())
    session.commit()


@pytest.fixture
def lamp(machine):
    made = machine.insert(Trigger(Switch.INSTALL, data={"name": "hall"}))
    machine.session.commit()
    machine.done.clear()
    return made


def stored(machine):
    columns = (Lamp.state, Lamp.version, Lamp.presses, Lamp.label)
    return tuple(machine.session.execute(select(*columns)).one())


def change_elsewhere(session, **values):
    """Change the row behind the session's back, as another transaction does."""
    session.execute(
        update(Lamp).values(values).execution_options(synchronize_session=False)
    )


def test_a_move_changes_state_version_and_columns_together(machine, lamp):
    transition = machine.fire(lamp, Trigger(Switch.PRESS))

    assert transition.to is State.ON
    assert stored(machine) == ("on", 2, 1, "now on")


def test_the_timeline_comes_first_then_effects_events_and_the_schedule(machine, lamp):
    machine.fire(lamp, Trigger(Switch.PRESS))

    line = ("move", "off", "press", "on")
    assert machine.done == [line, "counted", Event.LIT, "scheduled"]


def test_a_move_may_stay_with_effects(machine, lamp):
    machine.fire(lamp, Trigger(Switch.PRESS))
    machine.fire(lamp, Trigger(Switch.DIM))

    assert stored(machine) == ("on", 3, 2, "now on")


def test_an_acknowledged_trigger_changes_nothing_and_is_recorded(machine, lamp):
    transition = machine.fire(lamp, Trigger(Switch.DIM))

    assert transition.reason == "it is dark"
    assert stored(machine) == ("off", 1, 0, "now off")
    assert machine.done == [("acknowledge", "off", "dim", "off")]


def test_an_acknowledged_trigger_may_be_answered(machine, lamp):
    machine.fire(lamp, Trigger(Switch.PRESS))
    machine.done.clear()

    machine.fire(lamp, Trigger(Switch.ASK))

    assert machine.done == [("acknowledge", "on", "ask", "on"), Event.LIT]


def test_a_refusal_is_the_tables_error(machine, lamp):
    with pytest.raises(Gone, match="There are none left") as refused:
        machine.fire(lamp, Trigger(Switch.SELL))

    assert refused.value.code == "sold_out"


def test_what_cannot_happen_alerts_and_raises(machine, lamp, caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(Impossible) as impossible:
        machine.fire(lamp, Trigger(Switch.BREAK))

    sentence = f"break cannot happen to lamp {lamp.id}: it is off."
    assert impossible.value.detail == sentence
    assert impossible.value.code == "impossible_transition"
    assert sentence in caplog.text


def test_a_row_that_changed_meanwhile_is_read_and_classified_again(machine, lamp):
    seen = []

    def classify(row):
        seen.append(row.state)
        if len(seen) == 1:
            change_elsewhere(machine.session, state=State.ON, version=2)
        return Switch.DIM if row.state == State.ON else Switch.PRESS

    machine.fire(lamp, Trigger("any"), classify)

    assert seen == ["off", "on"]
    assert stored(machine) == ("on", 3, 1, "now on")


def test_the_version_alone_is_enough_to_lose_a_race(machine, lamp):
    seen = []

    def classify(row):
        seen.append(row.version)
        if len(seen) == 1:
            change_elsewhere(machine.session, version=7)
        return Switch.PRESS

    machine.fire(lamp, Trigger("any"), classify)

    assert seen == [1, 7]


def test_a_row_that_never_holds_still_is_unavailable(machine, lamp):
    def classify(row):
        change_elsewhere(machine.session, version=row.version + 1)
        return Switch.PRESS

    with pytest.raises(Unavailable, match="lamp is being changed"):
        machine.fire(lamp, Trigger("any"), classify)
    assert machine.done == []


def test_a_failed_effect_takes_the_transition_with_it(machine, lamp):
    machine.fire(lamp, Trigger(Switch.PRESS))
    machine.session.commit()

    with pytest.raises(Conflict, match="bulb"):
        machine.fire(lamp, Trigger(Switch.PRESS))
    machine.session.rollback()

    assert stored(machine) == ("on", 2, 1, "now on")


def test_no_row_yet_is_a_state_whose_transition_inserts(machine, lamp):
    other = machine.insert(Trigger(Switch.INSTALL, data={"name": "cellar"}))

    assert (other.state, other.version, other.label) == ("off", 1, "now off")
    assert machine.done == [("move", None, "install", "off"), "scheduled"]


@pytest.mark.parametrize(
    ("trigger", "error"), [(Switch.BREAK, Impossible), (Switch.SELL, Gone)]
)
def test_where_no_row_is_the_table_refuses_too(machine, trigger, error):
    with pytest.raises(error):
        machine.insert(Trigger(trigger, data={"name": "attic"}))


def test_a_row_is_inserted_once_and_found_after(machine):
    def find():
        return machine.session.scalar(select(Lamp).filter_by(name="stairs"))

    trigger = Trigger(Switch.INSTALL, data={"name": "stairs"})
    first, is_new = machine.insert_once(find, trigger)
    second, is_new_again = machine.insert_once(find, trigger)

    assert (is_new, is_new_again) == (True, False)
    assert first is second


def test_when_another_transaction_inserts_first_its_row_is_returned(machine, lamp):
    found = iter([None, lamp])

    trigger = Trigger(Switch.INSTALL, data={"name": "hall"})
    row, is_new = machine.insert_once(lambda: next(found), trigger)

    assert (row, is_new) == (lamp, False)
    assert machine.done == []


def test_a_row_is_read_as_the_database_has_it_now(machine, lamp):
    assert machine.get(lamp.id).presses == 0
    change_elsewhere(machine.session, presses=5)

    assert machine.get(lamp.id).presses == 5
    change_elsewhere(machine.session, presses=6)
    assert machine.lock(lamp.id).presses == 6


def test_a_lock_waits_for_its_row_and_skips_it_only_on_request(machine, lamp):
    key, sent = lamp.id, []

    @event.listens_for(machine.session, "do_orm_execute")
    def keep(state):
        sent.append(str(state.statement.compile(dialect=postgresql.dialect())))

    machine.lock(key)
    machine.find(key)
    machine.lock(key, skip_locked=True)

    endings = [statement.partition("FOR UPDATE")[1:] for statement in sent]
    assert endings[:2] == [("FOR UPDATE", "")] * 2
    assert endings[2] == ("FOR UPDATE", " SKIP LOCKED")


def test_the_data_of_a_trigger_are_columns_of_a_new_row_alone(machine, lamp):
    machine.fire(lamp, Trigger(Switch.PRESS, data={"name": "cellar"}))

    assert lamp.name == "hall"


def test_what_cannot_happen_without_a_row_says_so(machine):
    sentence = "break cannot happen to lamp: it is missing."

    with pytest.raises(Impossible, match=f"^{sentence}$"):
        machine.insert(Trigger(Switch.BREAK))


def test_a_row_that_is_not_there_is_not_found(machine):
    for read in (machine.get, machine.lock):
        with pytest.raises(NotFound, match="There is no lamp 404"):
            read(404)
    assert machine.find(404) is None


def test_a_transitions_kind_is_one_of_four():
    assert {transition.kind for transition in TABLE.values()} == set(Kind)
