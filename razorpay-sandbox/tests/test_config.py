import json
import logging

import pytest

from razorpay_sandbox.config import ConfigError, read_settings
from razorpay_sandbox.logs import JsonFormatter
from razorpay_sandbox.testing import KEYS


def test_only_the_keys_have_no_default():
    settings = read_settings(KEYS)

    assert settings.public_url == "http://127.0.0.1:8004"
    assert settings.webhook_url == ""
    assert settings.control


def test_all_problems_are_told_at_once():
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


def test_a_log_line_is_one_json_object():
    record = logging.makeLogRecord({"msg": "request", "fields": {"status": 200}})

    line = json.loads(JsonFormatter().format(record))

    assert (line["event"], line["status"]) == ("request", 200)
    assert line["service"] == "razorpay-sandbox"
