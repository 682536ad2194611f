"""Razorpay's webhooks: verified over their bytes, stored once, acted on later."""

import json
import threading
import uuid

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from chassis import clock
from devtools.testkit.plugin import serve
from payment_svc.managers import webhooks
from payment_svc.models import Payment, WebhookEvent
from payment_svc.razorpay.signatures import sign

PATH, JSON = "/payments/webhook/", "application/json"


@pytest.fixture
def post(app, sandbox):
    """Return `post(body)`: the answer to a webhook, validly signed by default."""

    def send(body, signature=None, event_id=None, **more):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "X-Razorpay-Signature": signature or sign(raw, sandbox.webhook_secret),
            "X-Razorpay-Event-Id": event_id or uuid.uuid4().hex[:14],
            "Content-Type": "application/json",
            **more,
        }
        return app.test_client().post(PATH, data=raw, headers=headers)

    return send


def captured(order_id="order_Sb1Qx7LmZk29Ta", pay_id="pay_Sb1RfW8nVc40Ub", **fields):
    entity = {"id": pay_id, "amount": 49900, "order_id": order_id, **fields}
    payload = {"payment": {"entity": entity}}
    return {"event": "payment.captured", "payload": payload, "created_at": 1767225671}


def test_a_webhook_is_stored_and_the_worker_asks_razorpay(shop, post):
    order = shop.issued()
    shop.pay(order)
    event = {
        "event": "payment_link.paid",
        "payload": {"payment_link": {"entity": {"id": shop.link(order)}}},
    }

    answer = post(event)

    assert (answer.status_code, answer.json) == (200, {"status": "stored"})
    assert shop.payment(order).state == "issued"
    shop.work()
    assert shop.payment(order).state == "captured"
    [row] = shop.rows(WebhookEvent)
    assert (row.result, row.payment_id) == ("matched", shop.payment(order).id)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0" * 64,
        "A" * 64,
        "é" * 64,
        "x",
        "sha256=" + "0" * 64,
    ],
)
def test_a_webhook_that_is_not_signed_is_not_stored(shop, client, signature):
    headers = {"X-Razorpay-Signature": signature.encode().decode("latin-1")}

    answer = client.post(PATH, data=b"{}", headers=headers)

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert shop.rows(WebhookEvent) == []


def test_a_body_changed_by_one_byte_is_refused(shop, post, sandbox):
    body = json.dumps(captured()).encode()
    good = sign(body, sandbox.webhook_secret)

    assert post(body + b" ", good).status_code == 401
    assert post(body.replace(b": ", b":"), good).status_code == 401
    assert post(body, good.upper()).status_code == 401
    assert post(body, sign(body, sandbox.key_secret)).status_code == 401
    assert post(body, sign(body, "")).status_code == 401
    assert shop.rows(WebhookEvent) == []


def test_two_signatures_are_none(client, sandbox):
    good = sign(b"{}", sandbox.webhook_secret)
    headers = [("X-Razorpay-Signature", good), ("X-Razorpay-Signature", good)]

    assert client.post(PATH, data=b"{}", headers=headers).status_code == 401


def test_both_secrets_are_good_while_a_rotation_runs(make, sandbox, capsys):
    old = "an-older-webhook-secret"
    client = make(RAZORPAY_WEBHOOK_SECRET_PREVIOUS=old).test_client()
    secrets = {"current": sandbox.webhook_secret, "previous": old}
    before = {name: webhooks_signed_by(name) for name in secrets}

    for number, (name, secret) in enumerate(secrets.items()):
        body = str(number).encode()
        headers = {"X-Razorpay-Signature": sign(body, secret)}
        assert (
            client.post(PATH, data=body, headers=headers, content_type=JSON).status_code
            == 200
        )
        assert webhooks_signed_by(name) == before[name] + 1
        is_named = "webhook signed with the previous secret" in capsys.readouterr().out
        assert is_named is (name == "previous")


def webhooks_signed_by(secret):
    """Return how many webhooks the metric counts."""
    name, labels = "razorpay_webhooks_total", {"secret": secret}
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_refused_webhook_is_not_counted(client):
    before = [webhooks_signed_by(name) for name in ("current", "previous")]

    client.post(PATH, data=b"{}", headers={"X-Razorpay-Signature": "0" * 64})

    after = [webhooks_signed_by(name) for name in ("current", "previous")]
    assert after == before


def test_the_metric_names_the_time_of_the_last_webhook(post):
    before = clock.now().timestamp()

    post(captured())

    assert REGISTRY.get_sample_value("razorpay_last_webhook_seconds") >= before


@pytest.mark.parametrize(
    ("account", "result"),
    [
        ("acc_Sb0Demo000001A", "unknown"),
        ("acc_Other", "another account"),
        (None, "another account"),
    ],
)
def test_a_webhook_of_another_account_is_named_and_moves_nothing(
    make, shop_on, sandbox, account, result
):
    shop = shop_on(make(RAZORPAY_ACCOUNT_ID="acc_Sb0Demo000001A"))
    body = json.dumps({**captured(), "account_id": account}).encode()
    headers = {"X-Razorpay-Signature": sign(body, sandbox.webhook_secret)}

    shop.app.test_client().post(PATH, data=body, headers=headers, content_type=JSON)
    shop.work()

    [row] = shop.rows(WebhookEvent)
    assert row.result == result


def test_a_hundred_copies_have_one_effect(shop, post):
    event = captured()

    answers = [post(event, event_id="Sb1RfW8nVc40Ub") for _ in range(100)]

    assert {a.status_code for a in answers} == {200}
    assert [a.json["status"] for a in answers].count("stored") == 1
    assert len(shop.rows(WebhookEvent)) == 1


def test_a_hundred_new_event_ids_on_one_body_have_one_effect(shop, post):
    event = captured()

    answers = [post(event) for _ in range(100)]

    assert [a.json["status"] for a in answers].count("stored") == 1
    assert len(shop.rows(WebhookEvent)) == 1


def test_the_same_fact_in_other_bytes_is_known(shop, post):
    post(captured())

    assert post(captured(fee=1)).json == {"status": "known"}
    assert post(captured(pay_id="pay_Sb1RaT5mUb39Qz")).json == {"status": "stored"}


def test_events_that_name_nothing_are_different_events(shop, client, sandbox):
    for body in (b"[]", b"{}", b"1"):  # neither event id nor natural key
        headers = {"X-Razorpay-Signature": sign(body, sandbox.webhook_secret)}
        answer = client.post(PATH, data=body, headers=headers, content_type=JSON)
        assert answer.json == {"status": "stored"}

    assert len(shop.rows(WebhookEvent)) == 3


def test_copies_at_the_same_moment_are_stored_once(shop, app, sandbox):
    body = json.dumps(captured()).encode()
    headers = {"X-Razorpay-Signature": sign(body, sandbox.webhook_secret)}
    start, answers = threading.Barrier(8), []

    def send():
        start.wait()
        answer = app.test_client().post(
            PATH, data=body, headers=headers, content_type=JSON
        )
        answers.append((answer.status_code, answer.json["status"]))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [(200, "known")] * 7 + [(200, "stored")]


def test_a_webhook_that_cannot_be_stored_is_not_taken(shop, post, monkeypatch):
    def fail(*_):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "store", fail)
        assert post(captured()).status_code == 503

    assert post(captured()).json == {"status": "stored"}
    assert len(shop.rows(WebhookEvent)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b'{"event":1,"payload":[]}',
        b'{"event":"a","payload":{"payment":{"entity":{"id":["x"]}}}}',
        b'{"event":"a\\u0000b","payload":{"refund":{"entity":{"id":"\\u0000"}}}}',
        b'{"event":"a","payload":{"payment":{"entity":{"id":"\\ud800"}}}}',
        b'{"event":"a","a":NaN,"a":1e999}',
        b"[" * 100000,
        b"not json",
        b"\xff\xfe",
        b"",
        json.dumps({"event": "e" * 500}).encode(),
    ],
)
def test_whatever_razorpay_signs_is_stored_and_does_no_harm(shop, post, body):
    answer = post(body)

    shop.work()

    assert answer.status_code == 200
    [row] = shop.rows(WebhookEvent)
    assert (row.body, row.result) == (body, "unknown type")


def test_an_event_of_somebody_elses_link_is_stored_and_unknown(shop, post):
    order = shop.issued()

    post(captured(description="#Sb1Pq4XyNd83Fe"))
    shop.work()

    assert shop.payment(order).state == "issued"
    assert shop.rows(WebhookEvent)[0].result == "unknown"


@pytest.mark.parametrize("how", ["description", "notes", "order"])
def test_a_payment_is_found_by_every_id_in_a_webhook(shop, post, how):
    order = shop.issued()
    shop.pay(order)
    [at_razorpay] = shop.ledger("orders")
    payment = shop.payment(order)
    event = {
        "description": captured(
            description="#" + payment.razorpay_payment_link_id.removeprefix("plink_")
        ),
        "notes": captured(notes={"receipt": payment.receipt}),
        "order": {
            "event": "order.paid",
            "payload": {
                "order": {
                    "entity": {"id": at_razorpay["id"], "receipt": payment.receipt}
                }
            },
        },
    }[how]

    post(event)
    shop.work()

    assert shop.payment(order).state == "captured"


def test_a_webhook_that_says_paid_where_razorpay_does_not_confirms_nothing(shop, post):
    order = shop.issued()
    link = {"id": shop.link(order), "status": "paid", "amount": 1, "currency": "USD"}
    payment = {"id": "pay_Sb1RfW8nVc40Ub", "status": "captured", "amount": 49900}
    payload = {"payment_link": {"entity": link}, "payment": {"entity": payment}}

    for event in ("payment_link.paid", "payment_link.expired"):
        post({"event": event, "payload": payload})
    shop.work()

    assert shop.payment(order).state == "issued"
    assert shop.kinds(order) == ["payment.link_ready"]


def test_a_failed_attempt_leaves_an_earlier_poll_due(shop, post):
    order = shop.issued()
    before = shop.payment(order).next_check_at
    event = captured(description="#" + shop.link(order).removeprefix("plink_"))

    post({**event, "event": "payment.failed"})
    shop.work()

    assert shop.payment(order).next_check_at == before
    assert shop.rows(WebhookEvent)[0].payment_id == shop.payment(order).id


def test_a_webhook_above_256_kib_is_too_large(shop, post):
    largest = b'"' + b"a" * (256 * 1024 - 2) + b'"'

    assert post(largest).status_code == 200
    answer = post(largest + b" ")

    assert answer.status_code == 413
    assert len(shop.rows(WebhookEvent)) == 1


def test_the_whole_story_by_webhooks_alone(shop, app, sandbox):
    with serve(app) as url:
        sandbox.set_webhook_url(f"{url}/payments/webhook/")
        order = shop.issued()
        shop.pay(order)
        deadline = clock.now().timestamp() + 20
        while shop.payment(order).state != "captured":
            assert clock.now().timestamp() < deadline
            shop.work()
        while len(shop.rows(WebhookEvent)) < 4:
            assert clock.now().timestamp() < deadline
        sandbox.set_webhook_url("")

    shop.work()
    assert len(shop.rows(Payment)) == 1
    assert len(shop.published(order, "payment.captured")) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_a_body_that_its_headers_describe_otherwise_is_refused(shop, post, more):
    assert post(captured(), **more).status_code == 415
    assert shop.rows(WebhookEvent) == []
