"""The accounts that the settings describe."""

from typing import Any

from user_svc import steps
from user_svc.models import ServiceClient, User


def test_many_processes_set_up_at_once(
    make_users: Any, together: Any, count: Any
) -> None:
    app = make_users(
        BOOTSTRAP_ADMIN_EMAIL="boss@shop.example",
        BOOTSTRAP_ADMIN_PASSWORD="a-long-walk-outside",
    )

    def set_up(_: int) -> None:
        with app.app_context():
            app.extensions.pop("clients_in_sync", None)
            steps.set_up()
            steps.sync_clients()

    together(3, set_up)

    assert count(app, User) == 1
    assert count(app, ServiceClient) == 2
