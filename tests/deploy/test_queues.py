"""The policies on docs/operations.md allow what the code calls, and nothing else."""

import json

import boto3
import pytest

from chassis.messaging import loops, sqs
from deploy.page import blocks

QUEUES = {"order-events": "orders", "payment-commands": "payments"}
DEAD = "-dlq"
POLICY = next(text for text in blocks("json") if '"Version"' in text)


def allowed(policy):
    """Return the pairs of action and queue that a policy allows."""
    pairs = set()
    for statement in json.loads(policy)["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            for queue in statement["Resource"]:
                pairs.add((action.removeprefix("sqs:"), queue.rpartition(":")[2]))
    return pairs


def turned_round(policy):
    """Return payment-svc's policy: as the page says, another queue is read."""
    document = json.loads(policy)
    read = next(one for one in document["Statement"] if one["Sid"] == "Read")
    read["Resource"] = [
        queue.replace("order-events", "payment-commands") for queue in read["Resource"]
    ]
    return json.dumps(document)


@pytest.fixture
def called(monkeypatch):
    """Return `{app: pairs of action and queue}`, filled as the apps call."""
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
    """Return SQS as an operator sees it."""
    return boto3.client("sqs", region_name="ap-south-1")


def change_by_hand(queues):
    """Give all queues attributes that no service gives them."""
    for name in QUEUES:
        for queue, wish in {
            name: {"VisibilityTimeout": "30"},
            name + DEAD: {"MessageRetentionPeriod": "3600"},
        }.items():
            url = queues.get_queue_url(QueueName=queue)["QueueUrl"]
            queues.set_queue_attributes(QueueUrl=url, Attributes=wish)


def test_each_role_may_do_what_its_service_does_and_no_more(
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
    assert called["payment_svc"] == allowed(turned_round(POLICY))
