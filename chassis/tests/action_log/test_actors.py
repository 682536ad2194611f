"""Whose changes are logged, and under which name."""

import pytest
from flask import g

from chassis.action_log import actors, perform, saga_step
from chassis.admin.staff import Staff
from chassis.web.auth import Caller


@pytest.fixture
def during(app):
    with app.test_request_context("/things/1/", method="PATCH"):
        yield


@pytest.mark.parametrize(
    ("caller", "found"),
    [
        (Caller(1, "customer"), None),
        (Caller(1, "staff"), ("user:1", "staff", "api")),
        (
            Caller(1, "staff", scopes=frozenset({"customer"})),
            ("user:1", "staff", "api"),
        ),
        (Caller(1, "admin"), ("user:1", "admin", "api")),
        (Caller(client="erp"), ("erp", "service", "api")),
    ],
)
@pytest.mark.usefixtures("during")
def test_staff_admins_and_services_act(caller, found):
    g.caller = caller

    actor = actors.current()

    assert (actor and (actor.name, actor.role, actor.source)) == found


@pytest.mark.usefixtures("during")
def test_staff_act_in_the_panel():
    g.staff = Staff(7, "Asha", "asha@shop.example", "admin")

    assert actors.current() == actors.Actor(
        "user:7", "admin", "panel", 7, "asha@shop.example"
    )


def test_strangers_and_work_without_a_request_have_no_actor(app):
    assert actors.current() is None
    with app.test_request_context("/"):
        assert actors.current() is None


@pytest.mark.usefixtures("during")
def test_nobody_acts_in_a_step_of_the_saga():
    g.caller = Caller(1, "staff")

    with saga_step():
        assert actors.current() is None
    assert actors.current() is not None


@pytest.mark.usefixtures("during")
def test_the_action_is_the_operation_or_what_the_panel_performs():
    assert actors.action() == "PATCH /things/{thing_id}/"

    perform("retire")

    assert actors.action() == "retire"
