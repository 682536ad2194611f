import json
import logging

from razorpay_sandbox.logs import JsonFormatter


def test_a_log_line_is_one_json_object():
    record = logging.makeLogRecord({"msg": "request", "fields": {"status": 200}})

    line = json.loads(JsonFormatter().format(record))

    assert (line["event"], line["status"]) == ("request", 200)
    assert line["service"] == "razorpay-sandbox"


def test_a_request_is_logged_without_secrets(api, served, caplog):
    caplog.set_level(logging.INFO, "razorpay_sandbox")

    api.get(f"{served.url}/v1/payment_links", headers={"X-Correlation-ID": "abc"})

    found = [line.fields for line in caplog.records if hasattr(line, "fields")][-1]
    assert (found["path"], found["status"]) == ("/v1/payment_links", 200)
    assert found["correlation_id"] == "abc"
    assert served.key_secret not in str([vars(line) for line in caplog.records])
