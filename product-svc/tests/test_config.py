import pytest

from chassis.config import ConfigError
from product_svc.config import Settings

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "sqlite:///x.db",
    "SECRET_KEY": "x",
    "PUBLIC_URL": "http://localhost:8001",
}


def test_the_defaults_are_those_of_the_readme() -> None:
    settings = Settings.load(GOOD)

    assert settings.service == "product-svc"
    assert (settings.expiry_poll_seconds, settings.tombstone_days) == (5.0, 14)
    assert settings.catalogue_version_seconds == 0.25


def test_all_wrong_settings_are_reported_together() -> None:
    wrong = {**GOOD, "EXPIRY_POLL_SECONDS": "soon", "TOMBSTONE_DAYS": "-1"}

    with pytest.raises(ConfigError) as error:
        Settings.load(wrong)

    named = [problem.partition(":")[0] for problem in error.value.problems]
    assert named == ["EXPIRY_POLL_SECONDS", "TOMBSTONE_DAYS"]
