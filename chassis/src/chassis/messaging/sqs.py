"""Amazon SQS: queues with dead-letter queues, batches and short timeouts.

botocore's default timeouts are 60 s to connect and 60 s to read. Only worker processes
call this module.
"""

import json
import os
import threading
from typing import Any

from flask import current_app

from chassis import leases, logging

MAX_RECEIVES = 10  # receives without an answer count too, so not 3
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
    import boto3  # slow to import, and web processes need no queue
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
    """Create a queue and its dead-letter queue if missing; return the queue's URL.

    Queues that vanished with a local emulator are created again.
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
    """Create a queue; update the attributes of an existing one."""
    try:
        made = client().create_queue(QueueName=name, Attributes=attributes)
    except client().exceptions.QueueNameExists:
        client().set_queue_attributes(QueueUrl=_url(name), Attributes=attributes)
        return _url(name)
    return str(made["QueueUrl"])


def forget() -> None:
    """Clear the cached URLs, so that the next call fetches them again."""
    current_app.extensions.pop("sqs_urls", None)


def send(queue: str, entries: dict[str, dict[str, Any]]) -> set[int]:
    """Send a batch; return the ids of the entries that the queue accepted.

    A batch can fail in part with HTTP 200. After a failure the entries count as not
    sent and are sent again, which may duplicate them; the inbox skips duplicates.
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
    """Receive two messages at most: both are handled before they are visible again."""
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
    """Delete a message that was handled."""
    client().delete_message(
        QueueUrl=ensure(queue), ReceiptHandle=message["ReceiptHandle"]
    )


def postpone(queue: str, message: dict[str, Any]) -> None:
    """Make a message visible again after a pause that grows with its receives."""
    count = int(message.get("Attributes", {}).get("ApproximateReceiveCount", "1"))
    client().change_message_visibility(
        QueueUrl=ensure(queue),
        ReceiptHandle=message["ReceiptHandle"],
        VisibilityTimeout=int(leases.backoff(count, 1, 300).total_seconds()),
    )


def release(queue: str, messages: list[dict[str, Any]]) -> None:
    """Make messages visible again at once, ten at most."""
    entries = [
        {"Id": str(n), "ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
        for n, one in enumerate(messages)
    ]
    client().change_message_visibility_batch(QueueUrl=ensure(queue), Entries=entries)


def depths(queue: str) -> dict[str, int]:
    """Return how many messages wait in a queue and in its dead-letter queue.

    A dead letter that is received but not deleted counts, too.
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
