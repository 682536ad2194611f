import hashlib
import threading
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)

from devtools.testkit.plugin import serve
from verification.faults.proxy import Fault, Proxy

EDGE = "order-svc>sqs"
HOUR = 3600  # no test waits for it: healing ends every pause
BODIES = [f"message {n}" for n in range(10)]


class Queue:
    """A queue as its two ends see it: senders through the proxy, the test around it."""

    def __init__(self, proxy, url):
        self.proxy, self.there = proxy, _client(url)
        self.through = _client(proxy.address(EDGE))
        name = f"events-{uuid.uuid4().hex}"
        self.url = self.through.create_queue(QueueName=name)["QueueUrl"]

    def send(self, bodies=BODIES):
        attribute = {"DataType": "String", "StringValue": "c-1"}
        entries = [
            {
                "Id": str(number),
                "MessageBody": body,
                "MessageAttributes": {"correlationid": attribute},
            }
            for number, body in enumerate(bodies)
        ]
        return self.through.send_message_batch(QueueUrl=self.url, Entries=entries)

    def receive(self):
        """Return the bodies of all that waits, in the order in which it came."""
        found = []
        while messages := self._some():
            assert all(m["MessageAttributes"]["correlationid"] for m in messages)
            found += [message["Body"] for message in messages]
        return found

    def _some(self):
        wish = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        return self.there.receive_message(QueueUrl=self.url, **wish).get("Messages")


def _client(url):
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={})
    return boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=config,
    )


@pytest.fixture
def queue():
    """Return a queue in a moto server, behind a proxy."""
    with serve(DomainDispatcherApplication(create_backend_app)) as url:
        proxy = Proxy({EDGE: ("127.0.0.1", int(url.rpartition(":")[2]))}, seed=19)
        proxy.start()
        made = Queue(proxy, url)
        yield made
        made.through.close()
        made.there.close()
        proxy.stop()


def ids(outcomes):
    return {BODIES[int(one["Id"])] for one in outcomes}


def test_a_queue_behind_the_proxy_has_the_proxys_address(queue):
    assert queue.url.startswith(queue.proxy.address(EDGE))

    assert len(queue.send()["Successful"]) == 10
    assert queue.receive() == BODIES


def test_a_long_poll_waits_for_the_message_to_come(queue):
    wish = {"QueueUrl": queue.url, "WaitTimeSeconds": 20}
    found = []
    poll = threading.Thread(
        target=lambda: found.append(queue.through.receive_message(**wish))
    )
    poll.start()

    queue.there.send_message(QueueUrl=queue.url, MessageBody="at last")

    poll.join()
    assert [m["Body"] for m in found[0]["Messages"]] == ["at last"]


def test_duplicated_messages_arrive_up_to_three_times(queue):
    fault = Fault("duplicate_message", probability=0.5, seconds=HOUR, copies=3)
    queue.proxy.inject(EDGE, fault)

    assert len(queue.send()["Successful"]) == 10
    assert queue.receive() == BODIES, "the first copies come at once"

    queue.proxy.heal()
    again = queue.receive()
    chosen = queue.proxy.counts[EDGE, "duplicate_message"]
    assert 0 < chosen < 10
    assert len(set(again)) == chosen
    assert {again.count(body) for body in again} == {1, 2}


def test_held_messages_are_overtaken_and_not_lost(queue):
    fault = Fault("hold_message", probability=0.5, seconds=HOUR)
    queue.proxy.inject(EDGE, fault)

    said = queue.send()
    assert ids(said["Successful"]) == set(BODIES), "the sender notices nothing"
    at_once = queue.receive()
    queue.proxy.heal()
    later = queue.receive()

    assert 0 < len(later) < 10
    assert len(later) == queue.proxy.counts[EDGE, "hold_message"]
    assert sorted(at_once + later) == BODIES


def test_a_batch_can_be_held_whole(queue):
    queue.proxy.inject(EDGE, Fault("hold_message", seconds=HOUR))

    receipts = queue.send()["Successful"]

    assert queue.receive() == []
    digests = [hashlib.md5(body.encode()).hexdigest() for body in BODIES]  # noqa: S324
    assert [one["MD5OfMessageBody"] for one in receipts] == digests
    queue.proxy.heal()
    assert sorted(queue.receive()) == BODIES


def test_a_batch_that_fails_in_part_says_so_with_success(queue):
    queue.proxy.inject(EDGE, Fault("partial_batch", probability=0.4))

    said = queue.send()

    assert said["ResponseMetadata"]["HTTPStatusCode"] == 200
    refused, taken = ids(said["Failed"]), ids(said["Successful"])
    assert taken | refused == set(BODIES)
    assert not taken & refused
    assert set(queue.receive()) == taken
    assert queue.proxy.counts[EDGE, "partial_batch"] == len(refused)


def test_a_batch_can_fail_whole_with_success(queue):
    queue.proxy.inject(EDGE, Fault("partial_batch"))

    said = queue.send()

    assert (ids(said["Failed"]), said.get("Successful", [])) == (set(BODIES), [])
    assert queue.receive() == []


def test_a_throttled_queue_refuses_every_call(queue):
    queue.proxy.inject(EDGE, Fault("throttle"))

    with pytest.raises(ClientError, match="RequestThrottled"):
        queue.send()
    with pytest.raises(ClientError, match="RequestThrottled"):
        queue.through.receive_message(QueueUrl=queue.url)

    assert queue.receive() == []
    assert queue.proxy.counts[EDGE, "throttle"] == 2


@pytest.mark.parametrize("kind", ["duplicate_message", "hold_message", "partial_batch"])
def test_what_sends_no_batch_is_not_touched(queue, kind):
    queue.proxy.inject(EDGE, Fault(kind))

    assert queue.through.receive_message(QueueUrl=queue.url).get("Messages", []) == []

    assert not queue.proxy.counts


def test_an_answer_can_be_lost_though_the_message_is_in_the_queue(queue):
    queue.proxy.inject(EDGE, Fault("lose_answer"))

    with pytest.raises(Exception, match="Connection was closed"):
        queue.send()

    assert queue.receive() == BODIES
