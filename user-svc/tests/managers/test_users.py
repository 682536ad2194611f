"""The rules for accounts when two clients act at once."""

from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from chassis.errors import Conflict
from user_svc.extensions import db
from user_svc.managers import RIGHTS, UserManager
from user_svc.models import Role, User

CUSTOMER = {"role": Role.CUSTOMER}


def demote(app: Flask, user_id: int, refusals: list[str]) -> None:
    with app.app_context():
        manager = UserManager(db.session)
        try:
            manager.change(manager.lock(user_id, RIGHTS), CUSTOMER)
            db.session.commit()
        except Conflict as refusal:
            refusals.append(refusal.code)


def test_demotions_of_two_admins_wait_for_one_another(app: Flask, shop: Any) -> None:
    one, other = shop.person("admin").id, shop.person("admin").id
    refusals: list[str] = []
    slower = Thread(target=demote, args=(app, other, refusals))

    with app.app_context():
        manager = UserManager(db.session)
        manager.change(manager.lock(one, RIGHTS), CUSTOMER)
        slower.start()
        slower.join(0.3)  # it cannot end before the commit
        db.session.commit()
    slower.join()

    assert refusals == ["last_admin"]
    with app.app_context():
        found = select(func.count()).where(User.role == Role.ADMIN)
        assert db.session.scalar(found) == 1


def test_of_two_registrations_of_one_address_one_succeeds(
    app: Flask, shop: Any, together: Any, count: Any
) -> None:
    def register(number: int) -> Any:
        email = ("Asha@shop.example", "asha@SHOP.example")[number]
        body = {"name": "Asha", "email": email, "password": "a-long-walk-outside"}
        return shop.call("POST", "/user/register/", json=body)

    answers = together(2, register)

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {a.json.get("code") for a in answers} == {None, "email_taken"}
    assert count(app, User) == 1


def test_two_admins_who_demote_each_other_do_not_both_succeed(
    app: Flask, shop: Any, together: Any, count: Any
) -> None:
    admins = [shop.person("admin"), shop.person("admin")]

    def demote(number: int) -> Any:
        path = f"/user/{admins[1 - number].id}/"
        headers = admins[number].headers
        return shop.call("PATCH", path, headers, json={"role": "customer"})

    answers = together(2, demote)

    # The slower one is no admin any more, or would take the last one's role.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert statuses[1] in (403, 404, 409)
    assert count(app, User, User.role == "admin") == 1
