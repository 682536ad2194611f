"""The rules of accounts that need two sessions to be seen."""

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


def test_whoever_demotes_an_admin_waits_for_who_demotes_the_other(
    app: Flask, shop: Any
) -> None:
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
