"""`StateMachine` makes a transition: everything that belongs to it, or nothing."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import CursorResult, inspect, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import logging
from chassis.errors import Conflict, NotFound, Unavailable
from chassis.state_machine.transitions import Kind, State, Table, Transition, Trigger

Row = TypeVar("Row")
ATTEMPTS = 10  # per trigger, when concurrent transactions change the row


class Impossible(Conflict):
    """A trigger that cannot happen in the state of its row."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, code="impossible_transition")


class StateMachine(Generic[Row]):
    """Fires triggers at the rows of one mapped class, which has `state` and `version`.

    A subclass names the class, its table of transitions, its session and its effects.
    It defines the other parts of a transition: columns, timeline, events and the next
    check.
    """

    model: type[Row]
    noun: str
    transitions: Table
    session: Session
    effects: Mapping[StrEnum, Callable[[Row, Trigger], None]] = {}

    def columns(
        self, row: Row | None, to: StrEnum, trigger: Trigger
    ) -> Mapping[str, Any]:
        """Return the columns that change together with the state."""
        return {}

    def record(
        self, row: Row, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        """Add the line of the timeline."""

    def publish(self, row: Row, event: StrEnum, trigger: Trigger) -> None:
        """Add an event to the outbox."""

    def schedule(self, row: Row, source: State, trigger: Trigger) -> None:
        """Decide when the row is due next, after a transition that moved."""

    def get(self, key: int) -> Row:
        """Return a row as the database has it now; raise NotFound without one."""
        row = self.session.get(self.model, key, populate_existing=True)
        return self._found(key, row)

    def lock(self, key: int, *, skip_locked: bool = False) -> Row:
        """Return a row, locked until the transaction ends; raise NotFound without one.

        With `skip_locked`, a row that another transaction holds is not found.
        """
        return self._found(key, self.find(key, skip_locked=skip_locked))

    def find(self, key: int, *, skip_locked: bool = False) -> Row | None:
        """Return a row, locked until the transaction ends, or None."""
        return self.session.get(
            self.model,
            key,
            with_for_update={"skip_locked": skip_locked},
            populate_existing=True,
        )

    def fire(
        self,
        row: Row,
        trigger: Trigger,
        classify: Callable[[Row], StrEnum] | None = None,
    ) -> Transition:
        """Fire a trigger at a row and return the transition that was made.

        `classify` returns the trigger to look up in the table, by the row's current
        values; without it the trigger's name is looked up. When another transaction
        has changed the row since it was read, it is read and classified again. Raises
        the table's refusals, Impossible, and Unavailable for a row that keeps changing.
        """
        for _ in range(ATTEMPTS):
            name = classify(row) if classify else trigger.name
            transition = self._transition(row, name, trigger)
            if transition.kind is Kind.ACKNOWLEDGE:
                self._finish(row, self._state(row), transition, trigger)
                return transition
            if self._move(row, transition, trigger):
                return transition
            self.session.refresh(row)
        raise Unavailable(f"The {self.noun} is being changed; try again.")

    def insert(self, trigger: Trigger) -> Row:
        """Fire a trigger where no row exists yet: insert the row and return it."""
        transition = self._transition(None, trigger.name, trigger)
        assert transition.to is not None
        values = self.columns(None, transition.to, trigger)
        make = cast("Callable[..., Row]", self.model)
        row = make(state=transition.to, **values)
        self.session.add(row)
        self.session.flush()
        self._finish(row, None, transition, trigger)
        return row

    def insert_once(
        self, find: Callable[[], Row | None], trigger: Trigger
    ) -> tuple[Row, bool]:
        """Return the row that `find` finds, or insert it, and whether it is new.

        When another transaction inserts the row first, its unique key decides, and
        that row is returned.
        """
        if (found := find()) is not None:
            return found, False
        try:
            with self.session.begin_nested():
                return self.insert(trigger), True
        except IntegrityError:
            if (found := find()) is None:
                raise
            return found, False

    def _found(self, key: int, row: Row | None) -> Row:
        if row is None:
            raise NotFound(f"There is no {self.noun} {key}.")
        return row

    @staticmethod
    def _key(row: Any) -> Any:
        return inspect(row).identity[0]

    @staticmethod
    def _state(row: Any) -> State:
        state: State = row.state if row is not None else None
        return state

    def _transition(self, row: Row | None, name: Any, trigger: Trigger) -> Transition:
        """Return the transition from the table, or raise its refusal."""
        transition = self.transitions[self._state(row), name]
        if transition.kind is Kind.REFUSE:
            raise transition.error(transition.reason, code=transition.code)
        if transition.kind is Kind.IMPOSSIBLE:
            raise self._impossible(row, trigger)
        return transition

    def _impossible(self, row: Row | None, trigger: Trigger) -> Impossible:
        number = f" {self._key(row)}" if row is not None else ""
        state = self._state(row) or "missing"
        sentence = (
            f"{trigger.name} cannot happen to {self.noun}{number}: it is {state}."
        )
        logging.get().error(sentence, alert=True)
        return Impossible(sentence)

    def _move(self, row: Any, transition: Transition, trigger: Trigger) -> bool:
        """Change the row if it is unchanged since it was read, then apply the rest."""
        source, to = row.state, transition.to or row.state
        values = self.columns(row, to, trigger)
        self.session.flush()
        own = inspect(cast("Any", self.model)).local_table
        key = next(iter(own.primary_key))
        changed = self.session.execute(
            update(own)
            .where(key == self._key(row))
            .where(own.c.state == source, own.c.version == row.version)
            .values(state=to, version=own.c.version + 1, **values)
        )
        if cast("CursorResult[Any]", changed).rowcount != 1:
            return False
        self.session.refresh(row)
        self._finish(row, source, transition, trigger)
        return True

    def _finish(
        self, row: Row, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        self.record(row, source, transition, trigger)
        for effect in transition.effects:
            self.effects[effect](row, trigger)
        if transition.publishes is not None:
            self.publish(row, transition.publishes, trigger)
        if transition.kind is Kind.MOVE:
            self.schedule(row, source, trigger)
        self.session.flush()
