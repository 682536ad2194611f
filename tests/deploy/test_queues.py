"""The AWS policies of docs/operations.md allow exactly the calls of the code."""

import json

import boto3
import pytest

from chassis.messaging import loops, sqs
from deploy.page import blocks

QUEUES = {"order-events": "orders", "payment-commands": "payments"}
DEAD = "-dlq"
POLICY = next(text for text in blocks("json") if '"Version"' in text)


def allowed(policy):
    """Return the (action, queue) pairs that a policy allows."""
    pairs = set()
    for statement in json.loads(policy)["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            for queue in statement["Resource"]:
                pairs.add((action.removeprefix("sqs:"), queue.rpartition(":")[2]))
    return pairs


def for_payment_svc(policy):
    """Return payment-svc's policy, which reads the other queue, as documented."""
    document = json.loads(policy)
    read = next(one for one in document["Statement"] if one["Sid"] == "Read")
    read["Resource"] = [
        queue.replace("order-events", "payment-commands") for queue in read["Resource"]
    ]
    return json.dumps(document)


@pytest.fixture
def called(monkeypatch):
    """Return the recorded (action, queue) pairs by app."""
    calls, make = {}, sqs._make

    def watched():
        client, app = make(), sqs.current_app.name

        def note(params, model, **_):
            queue = params.get("QueueName") or params["QueueUrl"].rpartition("/")[2]
            pair = model.name.removesuffix("Batch"), queue
            calls.setdefault(app, set()).add(pair)

        client.meta.events.register("provide-client-params.sqs", note)
        return client

    monkeypatch.setattr(sqs, "_make", watched)
    return calls


@pytest.fixture
def queues(sqs):
    """Return an SQS client of the operator."""
    return boto3.client("sqs", region_name="ap-south-1")


def change_by_hand(queues):
    """Change attributes of all queues, so that the services must reset them."""
    for name in QUEUES:
        for queue, attributes in {
            name: {"VisibilityTimeout": "30"},
            name + DEAD: {"MessageRetentionPeriod": "3600"},
        }.items():
            url = queues.get_queue_url(QueueName=queue)["QueueUrl"]
            queues.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def test_each_role_allows_exactly_the_calls_of_its_service(
    queues, called, shop, asha, staff
):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")
    for queue, app in QUEUES.items():
        url = queues.get_queue_url(QueueName=queue + DEAD)["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody="no event")
        change_by_hand(queues)
        with shop.apps[app].app_context():
            sqs.forget()
            done = shop.apps[app].test_cli_runner().invoke(args=["redrive", queue])
            assert done.exit_code == 0, done.output
            [message] = sqs.receive(queue, wait=0)
            sqs.postpone(queue, message)
            loops.watch()

    assert called["order_svc"] == allowed(POLICY)
    assert called["payment_svc"] == allowed(for_payment_svc(POLICY))
