import json
import subprocess
import sys

import boto3
import pytest

from devtools.local import ports, sqs


@pytest.fixture
def queue():
    """Run the embedded SQS; yield its client and its process."""
    port = ports.pick()
    command = [sys.executable, "-m", "devtools.local.sqs", "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        client = boto3.client(
            "sqs",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="ap-south-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        try:
            while not ports.answers(port):
                assert process.poll() is None
            yield client, process
        finally:
            client.close()
            process.terminate()


def test_a_message_is_logged_with_its_correlation_id_going_in_and_out(queue):
    client, process = queue
    url = client.create_queue(QueueName="payment-commands")["QueueUrl"]
    body = {"type": "payment.requested", "subject": "orders/1", "correlationid": "abc"}

    client.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    [message] = client.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]

    assert json.loads(message["Body"]) == body
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    assert [line["event"] for line in lines] == ["message_queued", "message_delivered"]
    assert {line["correlation_id"] for line in lines} == {"abc"}
    assert {line["service"] for line in lines} == {"sqs"}


@pytest.mark.parametrize(
    ("headers", "is_served"),
    [
        ({"HTTP_HOST": "127.0.0.1:4566"}, True),
        ({"HTTP_HOST": "localhost:4566"}, True),
        ({"HTTP_HOST": "127.0.0.1:4566", "HTTP_ORIGIN": "https://evil.example"}, False),
        ({"HTTP_HOST": "127.0.0.1:4566", "HTTP_ORIGIN": "null"}, False),
        ({"HTTP_HOST": "evil.example:4566"}, False),
        ({}, False),
    ],
)
def test_a_web_page_cannot_use_the_queue(headers, is_served):
    app = sqs.NoBrowser(lambda _, start: start("200 OK", []) or [b"served"])
    answers = []

    body = app(headers, lambda status, _: answers.append(status))

    assert (answers == ["200 OK"]) is is_served
    assert (body == [b"served"]) is is_served
    assert answers[0] in ("200 OK", "403 Forbidden")


def test_a_message_that_cannot_be_read_is_queued_like_any_other(queue):
    client, _ = queue
    url = client.create_queue(QueueName="payment-commands")["QueueUrl"]
    for body in ("[" * 50_000, "{", "[]"):
        client.send_message(QueueUrl=url, MessageBody=body)

        [message] = client.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]

        assert message["Body"] == body
