"""The settings, their defaults, and what is wrong with them."""

from decimal import Decimal

import pytest

from chassis.config import ConfigError
from order_svc.config import Settings, Times

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "sqlite:///x.db",
    "SECRET_KEY": "x",
    "PUBLIC_URL": "http://localhost:8002",
    "SERVICE_CLIENT_SECRET": "x",
}


def test_the_defaults_are_those_of_the_readme() -> None:
    settings = Settings.load(GOOD)

    assert settings.service == "order-svc"
    assert settings.product_svc_url == "http://127.0.0.1:8001"
    assert (settings.max_open_orders, settings.owed_days) == (20, 30)
    assert (settings.max_held_by_customer, settings.max_held_unverified) == (100, 10)
    assert settings.max_held_by_address == 200
    assert settings.refund_limit == Decimal("100000.00")


def test_a_reservation_lasts_longer_than_a_payment() -> None:
    """15 min (late creation) + 16 (link) + 1 + 10 (the provider's time-out)."""
    times = Times()

    longest = 15 * 60 + times.no_link_seconds + times.link_grace_seconds + 10 * 60
    assert longest < times.reservation_seconds


def test_all_wrong_settings_are_reported_together() -> None:
    wrong = {
        **GOOD,
        "PRODUCT_SVC_URL": "products",
        "MAX_OPEN_ORDERS": "-1",
        "REFUND_LIMIT": "much",
        "LINK_AGAIN_SECONDS": "soon",
    }

    with pytest.raises(ConfigError) as error:
        Settings.load(wrong)

    named = {problem.partition(":")[0] for problem in error.value.problems}
    assert named == set(wrong) - set(GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_CLIENT_ID", "order-svc\u200b"),
        ("SERVICE_CLIENT_SECRET", "\u201csecret\u201d"),
        ("PRODUCT_SVC_URL", "http://product svc:8001"),
    ],
)
def test_what_goes_into_headers_is_printable_ascii(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as error:
        Settings.load({**GOOD, name: value})

    [problem] = error.value.problems
    assert problem.startswith(f"{name}: should be printable ASCII")
    assert value not in problem
