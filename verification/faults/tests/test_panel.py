"""The admin in the staff panel, who sends refunds despite a dispute that is lost."""

import pytest
from flask import Flask, request

from devtools.testkit.plugin import serve
from verification.faults.panel import Panel


@pytest.fixture
def forms():
    """Return the forms that a panel received, and the panel's address."""
    app, received = Flask(__name__), []

    @app.get("/admin/<path:page>")
    def show(page):
        return f'<input name="csrf_token" type="hidden" value="token of {page}">'

    @app.post("/admin/<path:page>")
    def take(page):
        received.append((page, request.form.to_dict(flat=False)))
        return "done"

    with serve(app) as address:
        yield received, address


def test_the_admin_signs_in_and_presses_the_action(forms):
    received, address = forms

    Panel(address, {"email": "a@b.c", "password": "secret"}).refund_despite([3, 5])

    login = {"csrf_token": ["token of login/"], "email": ["a@b.c"]}
    action = {"csrf_token": ["token of refund/"], "action": ["despite"]}
    assert received == [
        ("login/", login | {"password": ["secret"]}),
        ("refund/action/", action | {"rowid": ["3", "5"]}),
    ]
