"""Create the shop's queues with the same attributes as the workers do.

LocalStack runs this script when it is ready. Workers create queues that are missing.
"""

import json
import os

import boto3

ENDPOINT = os.environ.get("QUEUES_ENDPOINT", "http://127.0.0.1:4566")
NAMES = ("order-events", "payment-commands")
DAY = 86400

sqs = boto3.client(
    "sqs",
    endpoint_url=ENDPOINT,
    region_name=os.environ.get("AWS_REGION", "ap-south-1"),
    aws_access_key_id="local",
    aws_secret_access_key="local",  # noqa: S106 - the emulator accepts any key
)


def create_queue(name, **attributes):
    """Create a queue and return its URL."""
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


for name in NAMES:
    dead = create_queue(f"{name}-dlq", MessageRetentionPeriod=str(14 * DAY))
    found = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    arn = found["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 10})
    create_queue(
        name,
        MessageRetentionPeriod=str(4 * DAY),
        VisibilityTimeout="60",
        RedrivePolicy=redrive,
    )
