"""Registration, sign-in, refresh, reset and sessions, compared with a plain model.

Hypothesis calls the API in any order, with wrong passwords, old tokens and jumps of the
clock, and compares each answer with the model's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from devtools.local import mailbox
from user_svc import passwords, steps
from user_svc.extensions import db
from user_svc.models import RefreshFamily

PASSWORDS = ("a-long-walk-in-the-rain", "and-home-by-the-river", "under-the-old-bridge")
GRACE, RESET_SECONDS, DAY = 30, 600, 86400
MOST_PER_HOUR = 5
pick = st.integers(0, 10**6)
password = st.sampled_from(PASSWORDS)


@dataclass
class Token:
    """A refresh token, and what it was exchanged for."""

    text: str
    spent_at: int | None = None
    successor: str = ""


@dataclass
class Session:
    """A session: its refresh tokens, and when it ends."""

    person: "Person"
    headers: dict[str, str]
    ends_at: int
    tokens: list[Token] = field(default_factory=list)
    is_over: bool = False


@dataclass
class Reset:
    """A mailed token for a new password."""

    text: str
    mailed_at: int
    is_over: bool = False


@dataclass
class Person:
    """An account as its owner knows it."""

    email: str
    password: str
    id: int
    is_active: bool = True
    is_deleted: bool = False
    sessions: list[Session] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)

    def end_sessions(self, but: Session | None = None) -> None:
        for session in self.sessions:
            session.is_over = session.is_over or session is not but


def bearer(pair: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


class Accounts(RuleBasedStateMachine):
    """Two addresses, their accounts and all tokens that were ever issued."""

    def __init__(self, shop: Any, admin: Any, hold: Callable[[int], None]) -> None:
        super().__init__()
        self.shop, self.admin, self.hold, self.now = shop, admin, hold, 0
        self.hold(0)
        number = next(shop.numbers)
        self.emails = [f"{name}{number}@shop.example" for name in ("asha", "ravi")]
        self.people: dict[str, Person] = {}
        self.everybody: list[Person] = []

    # what there is

    def sessions(self) -> list[Session]:
        return [one for person in self.everybody for one in person.sessions]

    def resets(self) -> list[tuple[Person, Reset]]:
        return [(person, one) for person in self.everybody for one in person.resets]

    def is_alive(self, session: Session) -> bool:
        return not session.is_over and self.now < session.ends_at

    def mailed(self, email: str) -> list[str]:
        """Send the mails that are due; return all tokens for a new password."""
        with self.shop.app.app_context():
            while steps.send_mails():
                pass
            folder = Path(steps.settings().mail_folder)
        found = mailbox.mails(folder, email, "A new password")
        return [mailbox.token(mail) for mail in found]

    def email(self, number: int) -> str:
        return self.emails[number % len(self.emails)]

    def started(self, person: Person, pair: dict[str, Any]) -> None:
        ends_at = self.now + 30 * DAY
        session = Session(person, bearer(pair), ends_at, [Token(pair["refresh_token"])])
        person.sessions.append(session)

    # what people do

    @rule(number=pick, password=password)
    def register(self, number: int, password: str) -> None:
        email = self.email(number)
        body = {"name": "Somebody", "email": email, "password": password}

        answer = self.shop.call("POST", "/user/register/", json=body)

        assert answer.status_code == (409 if email in self.people else 201)
        if answer.status_code == 201:
            person = Person(email, password, answer.json["id"])
            self.people[email] = person
            self.everybody.append(person)

    @rule(number=pick, password=password)
    def sign_in(self, number: int, password: str) -> None:
        person = self.people.get(self.email(number))

        answer = self.shop.sign_in(self.email(number), password)

        is_right = person is not None and person.password == password
        assert answer.status_code == (200 if is_right and person.is_active else 401)
        if answer.status_code == 200:
            self.started(person, answer.json)

    @precondition(lambda self: self.sessions())
    @rule(number=pick, token=pick)
    def refresh(self, number: int, token: int) -> None:
        sessions = self.sessions()
        session = sessions[number % len(sessions)]
        used = session.tokens[-1 - token % len(session.tokens)]

        answer = self.shop.refresh(used.text)

        if not self.is_alive(session):
            assert answer.status_code == 401
        elif used.spent_at is None:
            used.spent_at, used.successor = self.now, answer.json["refresh_token"]
            session.tokens.append(Token(used.successor))
        elif self.now < used.spent_at + GRACE:
            assert answer.json["refresh_token"] == used.successor
        else:
            assert answer.json["code"] == "refresh_token_reused"
            session.is_over = True

    @precondition(lambda self: self.sessions())
    @rule(number=pick)
    def sign_out(self, number: int) -> None:
        sessions = self.sessions()
        session = sessions[number % len(sessions)]
        body = {"refresh_token": session.tokens[0].text}

        answer = self.shop.call("POST", "/user/logout/", session.headers, json=body)

        assert answer.status_code == (401 if session.is_over else 204)
        session.is_over = True

    @precondition(lambda self: self.sessions())
    @rule(number=pick, current=password, new=password)
    def change_password(self, number: int, current: str, new: str) -> None:
        sessions = self.sessions()
        session = sessions[number % len(sessions)]
        person = session.person
        body = {"current_password": current, "new_password": new}
        path = "/user/me/password/"

        answer = self.shop.call("POST", path, session.headers, json=body)

        if session.is_over:
            assert answer.status_code == 401
        elif current != person.password:
            assert answer.status_code == 403
        else:
            assert answer.status_code == 204
            person.password = new
            person.end_sessions(but=session)
            for reset in person.resets:
                reset.is_over = True

    @rule(number=pick)
    def ask_for_a_reset(self, number: int) -> None:
        email = self.email(number)
        person = self.people.get(email)
        known = {reset.text for _, reset in self.resets()}

        assert self.shop.ask_reset(email).status_code == 202
        new = [text for text in self.mailed(email) if text not in known]

        recent = [
            reset
            for reset in (person.resets if person else [])
            if reset.mailed_at > self.now - 3600
        ]
        is_mailed = person is not None and person.is_active
        assert len(new) == int(is_mailed and len(recent) < MOST_PER_HOUR)
        if new and person:
            for reset in person.resets:
                reset.is_over = True
            person.resets.append(Reset(new[0], self.now))

    @precondition(lambda self: self.resets())
    @rule(number=pick, new=password)
    def confirm_a_reset(self, number: int, new: str) -> None:
        person, reset = self.resets()[-1 - number % len(self.resets())]
        is_young = self.now < reset.mailed_at + RESET_SECONDS

        answer = self.shop.confirm_reset(reset.text, new)

        is_good = person.is_active and is_young and not reset.is_over
        assert answer.status_code == (204 if is_good else 400)
        if is_good:
            reset.is_over, person.password = True, new
            person.end_sessions()

    @precondition(lambda self: self.everybody)
    @rule(number=pick, is_active=st.booleans())
    def an_admin_decides(self, number: int, is_active: bool) -> None:
        person = self.everybody[number % len(self.everybody)]
        body = {"is_active": is_active}
        path = f"/user/{person.id}/"

        answer = self.shop.call("PATCH", path, self.admin.headers, json=body)

        assert answer.status_code == (409 if person.is_deleted else 200)
        if not person.is_deleted:
            person.is_active = is_active
            if not is_active:
                person.end_sessions()

    @precondition(lambda self: self.sessions())
    @rule(number=pick)
    def delete_the_account(self, number: int) -> None:
        sessions = self.sessions()
        session = sessions[number % len(sessions)]
        person = session.person

        answer = self.shop.call("DELETE", "/user/me/", session.headers)

        assert answer.status_code == (401 if session.is_over else 204)
        if answer.status_code == 204:
            person.is_active, person.is_deleted = False, True
            person.end_sessions()
            del self.people[person.email]

    @rule(seconds=st.sampled_from([1, GRACE - 2, GRACE + 1, RESET_SECONDS, 3601, DAY]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.hold(self.now)

    # what always holds

    @invariant()
    def the_open_sessions_are_those_of_the_model(self) -> None:
        ours = {
            person.id: sum(not one.is_over for one in person.sessions)
            for person in self.everybody
        }

        open_ones = self.open_sessions(list(ours))

        assert open_ones == {user_id: n for user_id, n in ours.items() if n}

    def open_sessions(self, user_ids: list[int]) -> dict[int, int]:
        family = RefreshFamily
        rows = (
            select(family.user_id, func.count())
            .where(family.user_id.in_(user_ids), family.revoked_at.is_(None))
            .group_by(family.user_id)
        )
        with self.shop.app.app_context():
            return dict(db.session.execute(rows).tuples().all())


@pytest.fixture
def app(make_users: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the service without limits of guessing, and with fast hashes."""
    fast = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)
    return make_users(
        SIGN_IN_ATTEMPTS="100000",
        ADDRESS_ATTEMPTS="100000",
        ACCESS_TOKEN_SECONDS="86400",  # the system's clock ends access tokens
    )


def test_accounts_and_sessions_are_those_of_the_model(
    shop: Any, admin: Any, hold: Callable[[int], None]
) -> None:
    run_state_machine_as_test(
        lambda: Accounts(shop, admin, hold),
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
