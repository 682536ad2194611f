import time

import requests

from razorpay_sandbox import create_app, sandbox_of
from razorpay_sandbox.testing import KEYS, serve


def a_short_link(served):
    auth = (served.key_id, served.key_secret)
    data = {"amount": 100, "expire_by": int(time.time()) + 1000}
    url = f"{served.url}/v1/payment_links"
    return requests.post(url, json=data, auth=auth, timeout=5).json()


def test_the_background_job_expires_a_link(tmp_path, receiver):
    clock = tmp_path / "clock"
    with serve(tmp_path, receiver.url, CLOCK_FILE=str(clock)) as served:
        link = a_short_link(served)

        clock.write_text("1001")

        event = receiver.body_of("payment_link.expired")
    entity = event["payload"]["payment_link"]["entity"]
    assert (entity["id"], entity["status"]) == (link["id"], "expired")
    assert entity["expired_at"] >= link["expire_by"]
    assert entity["updated_at"] == link["updated_at"]
    assert event["created_at"] == link["created_at"]


def test_a_request_expires_an_overdue_link_without_the_background_job(tmp_path):
    clock = tmp_path / "clock"
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        "CLOCK_FILE": str(clock),
    }
    app = create_app(KEYS | settings)
    client = app.test_client()
    auth = (KEYS["RAZORPAY_KEY_ID"], KEYS["RAZORPAY_KEY_SECRET"])
    data = {"amount": 100, "expire_by": int(time.time()) + 1000}
    link = client.post("/v1/payment_links", json=data, auth=auth).get_json()

    clock.write_text("1001")
    paid = client.post(f"/l/{link['short_url'].rsplit('/', 1)[1]}/pay")

    assert paid.status_code == 409
    found = client.get(f"/v1/payment_links/{link['id']}", auth=auth).get_json()
    assert (found["status"], found["amount_paid"]) == ("expired", 0)
    sandbox_of(app).close()


def test_a_link_without_expiry_lasts_six_months(tmp_path):
    clock = tmp_path / "clock"
    with serve(tmp_path, CLOCK_FILE=str(clock)) as served:
        auth = (served.key_id, served.key_secret)
        url = f"{served.url}/v1/payment_links"
        link = requests.post(url, json={"amount": 100}, auth=auth, timeout=5).json()

        clock.write_text(str(180 * 86400))
        before = requests.get(f"{url}/{link['id']}", auth=auth, timeout=5).json()
        clock.write_text(str(184 * 86400))
        after = requests.get(f"{url}/{link['id']}", auth=auth, timeout=5).json()

    assert (before["status"], before["expire_by"]) == ("created", 0)
    assert after["status"] == "expired"
