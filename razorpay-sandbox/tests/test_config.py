import pytest

from razorpay_sandbox.config import ConfigError, read_settings
from razorpay_sandbox.testing import KEYS


def test_only_the_secrets_have_no_default():
    settings = read_settings(KEYS)

    assert settings.public_url == "http://127.0.0.1:8004"
    assert settings.webhook_url == ""
    assert settings.control


def test_an_error_lists_all_problems():
    wrong = {
        "WEBHOOK_URL": "shop",
        "PUBLIC_URL": "http://[",
        "DATABASE_URL": "postgresql://x",
        "SANDBOX_CONTROL": "perhaps",
        "WEBHOOK_RETRY_FACTOR": "never",
        "MAX_AMOUNT": "lots",
    }

    with pytest.raises(ConfigError) as error:
        read_settings(wrong)

    for name in (*wrong, *KEYS):
        assert name in str(error.value)


@pytest.mark.parametrize("bad", ["\u200bsecret", "two words", "\u201csecret\u201d"])
def test_a_secret_that_fits_into_no_header_is_refused_without_showing_it(bad):
    with pytest.raises(ConfigError, match="RAZORPAY_KEY_SECRET must be") as error:
        read_settings({**KEYS, "RAZORPAY_KEY_SECRET": bad})

    assert bad not in str(error.value)
