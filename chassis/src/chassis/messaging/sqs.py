"""Amazon SQS: queues with their dead-letter queues, batches, bounded waits.

botocore waits 60 s to connect and 60 s to read unless told otherwise. Only worker
processes call this module.
"""

import json
import os
import threading
from typing import Any

from flask import current_app

from chassis import logging

MAX_RECEIVES = 10  # lost receives count too, so not 3
DEAD = "-dlq"
RETENTION, DLQ_RETENTION = 4 * 86400, 14 * 86400
WAIT = int(os.environ.get("SQS_WAIT_SECONDS", "5"))
VISIBILITY = int(os.environ.get("SQS_VISIBILITY_SECONDS", "60"))
_lock = threading.Lock()


def client() -> Any:
    """Return the app's SQS client."""
    with _lock:
        if "sqs" not in current_app.extensions:
            current_app.extensions["sqs"] = _make()
    return current_app.extensions["sqs"]


def _make() -> Any:
    import boto3  # user- and product-svc have no queue and no boto3
    from botocore.config import Config

    return boto3.client(
        "sqs",
        region_name=os.environ.get("AWS_REGION", "ap-south-1"),
        config=Config(
            connect_timeout=2,
            read_timeout=WAIT + 5,
            retries={"mode": "standard", "max_attempts": 3},
        ),
    )


def ensure(queue: str) -> str:
    """Make a queue and its dead-letter queue unless they are there; return its URL.

    Queues that were deleted with their emulator are made again this way.
    """
    kept: dict[str, str] = current_app.extensions.setdefault("sqs_urls", {})
    if queue not in kept:
        name = queue.removesuffix(DEAD)
        dead = _create(name + DEAD, MessageRetentionPeriod=str(DLQ_RETENTION))
        arn = client().get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        policy = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": MAX_RECEIVES,
        }
        main = _create(
            name,
            MessageRetentionPeriod=str(RETENTION),
            VisibilityTimeout=str(VISIBILITY),
            RedrivePolicy=json.dumps(policy),
        )
        kept |= {name: main, name + DEAD: dead}
    return kept[queue]


def _create(name: str, **attributes: str) -> str:
    """Make a queue; one that is there gets the attributes that have changed since."""
    try:
        made = client().create_queue(QueueName=name, Attributes=attributes)
    except client().exceptions.QueueNameExists:
        client().set_queue_attributes(QueueUrl=_url(name), Attributes=attributes)
        return _url(name)
    return str(made["QueueUrl"])


def forget() -> None:
    """Look the queues up again: the last call to one failed."""
    current_app.extensions.pop("sqs_urls", None)


def send(queue: str, entries: dict[str, dict[str, Any]]) -> set[int]:
    """Send a batch; return the ids of the entries that the queue has taken.

    A batch can fail in part with HTTP 200. Any failure is taken as not sent, which
    may send twice; consumers know.
    """
    try:
        answer = client().send_message_batch(
            QueueUrl=ensure(queue), Entries=list(entries.values())
        )
    except Exception as error:  # botocore's errors share no base
        logging.get().warning("queue unreachable", queue=queue, error=str(error)[:200])
        forget()
        return set()
    return {int(done["Id"]) for done in answer.get("Successful", [])}


def receive(queue: str, wait: int | None = None, **more: int) -> list[dict[str, Any]]:
    """Wait for messages, two at most: both are handled before either reappears."""
    options = {"MaxNumberOfMessages": 2, "WaitTimeSeconds": WAIT, **more}
    answer = client().receive_message(
        QueueUrl=ensure(queue),
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
        **(options if wait is None else {**options, "WaitTimeSeconds": wait}),
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def remove(queue: str, message: dict[str, Any]) -> None:
    """Delete a message that is done with."""
    client().delete_message(
        QueueUrl=ensure(queue), ReceiptHandle=message["ReceiptHandle"]
    )


def postpone(queue: str, message: dict[str, Any]) -> None:
    """Let a message reappear after a pause that grows with its receives."""
    count = int(message.get("Attributes", {}).get("ApproximateReceiveCount", "1"))
    client().change_message_visibility(
        QueueUrl=ensure(queue),
        ReceiptHandle=message["ReceiptHandle"],
        VisibilityTimeout=min(2**count, 300),
    )


def release(queue: str, messages: list[dict[str, Any]]) -> None:
    """Let messages be received again at once, ten at most."""
    entries = [
        {"Id": str(n), "ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
        for n, one in enumerate(messages)
    ]
    client().change_message_visibility_batch(QueueUrl=ensure(queue), Entries=entries)


def depths(queue: str) -> dict[str, int]:
    """Return how many messages wait in a queue and in its dead-letter queue.

    A dead letter that somebody looks at, and nobody else sees meanwhile, waits too.
    """
    waiting = "ApproximateNumberOfMessages"
    counted = {queue: [waiting], queue + DEAD: [waiting, f"{waiting}NotVisible"]}
    found = {}
    for name, numbers in counted.items():
        answer = client().get_queue_attributes(
            QueueUrl=ensure(name), AttributeNames=numbers
        )
        found[name] = sum(int(answer["Attributes"][number]) for number in numbers)
    return found


def _url(name: str) -> str:
    return str(client().get_queue_url(QueueName=name)["QueueUrl"])
