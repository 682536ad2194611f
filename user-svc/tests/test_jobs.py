"""The jobs of the worker."""

from typing import Any

from chassis import worker
from user_svc.models import ServiceClient, User


def test_the_worker_sets_up_what_the_settings_name(make_users: Any, count: Any) -> None:
    app = make_users(
        BOOTSTRAP_ADMIN_EMAIL="boss@shop.example",
        BOOTSTRAP_ADMIN_PASSWORD="a-long-walk-outside",
    )

    worker.drain(app)
    worker.drain(app)

    assert (count(app, User), count(app, ServiceClient)) == (1, 2)
