"""Queues with their dead-letter queues, made when they are needed."""

import json

import pytest

from chassis.messaging import sqs

pytestmark = pytest.mark.usefixtures("sqs")


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def attributes(url):
    answer = sqs.client().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return answer["Attributes"]


def send(body, queue="things"):
    return sqs.send(queue, {"1": {"Id": "1", "MessageBody": body}})


@pytest.mark.usefixtures("context")
def test_a_queue_is_made_with_its_dead_letter_queue():
    url = sqs.ensure("things")

    found = attributes(url)
    dead = attributes(sqs._url("things-dlq"))
    assert found["VisibilityTimeout"] == "60"
    assert found["MessageRetentionPeriod"] == str(4 * 86400)
    assert dead["MessageRetentionPeriod"] == str(14 * 86400)
    policy = json.loads(found["RedrivePolicy"])
    assert policy["deadLetterTargetArn"] == dead["QueueArn"]
    assert int(policy["maxReceiveCount"]) == 10


@pytest.mark.usefixtures("context")
def test_making_a_queue_again_changes_nothing():
    url = sqs.ensure("things")
    send("kept")
    sqs.forget()

    assert sqs.ensure("things") == url
    assert sqs.depths("things") == {"things": 1, "things-dlq": 0}


@pytest.mark.usefixtures("context")
def test_a_changed_setting_reaches_a_queue_that_is_there(monkeypatch):
    url = sqs.ensure("things")
    send("kept")
    sqs.forget()
    monkeypatch.setattr(sqs, "VISIBILITY", 5)

    assert sqs.ensure("things") == url
    assert attributes(url)["VisibilityTimeout"] == "5"
    assert [message["Body"] for message in sqs.receive("things", 0)] == ["kept"]


@pytest.mark.usefixtures("context")
def test_queues_that_were_deleted_are_made_again():
    url = sqs.ensure("things")
    for name in (url, sqs._url("things-dlq")):
        sqs.client().delete_queue(QueueUrl=name)

    assert send("lost") == set()
    assert send("sent") == {1}
    assert [message["Body"] for message in sqs.receive("things", 0)] == ["sent"]


@pytest.mark.usefixtures("context")
def test_two_messages_come_at_most():
    for number in range(3):
        send(str(number))

    assert len(sqs.receive("things", 0)) == 2
    assert len(sqs.receive("things", 0)) == 1
    assert sqs.receive("things", 0) == []


@pytest.mark.usefixtures("context")
def test_a_message_is_gone_when_it_is_removed():
    send("a")
    (message,) = sqs.receive("things", 0)
    sqs.remove("things", message)

    assert sqs.depths("things") == {"things": 0, "things-dlq": 0}


@pytest.mark.usefixtures("context")
def test_a_message_is_postponed_longer_with_each_receive(monkeypatch):
    send("a")
    (message,) = sqs.receive("things", 0)
    pauses = []

    class Client:
        def change_message_visibility(self, *, VisibilityTimeout, **_):
            pauses.append(VisibilityTimeout)

        def __getattr__(self, name):
            return getattr(real, name)

    real = sqs.client()
    monkeypatch.setattr(sqs, "client", Client)
    for count in ("1", "2", "5", "8", "9", "10"):
        message["Attributes"]["ApproximateReceiveCount"] = count
        sqs.postpone("things", message)

    assert pauses == [2, 4, 32, 256, 300, 300]


@pytest.mark.usefixtures("context")
def test_a_message_that_fails_ten_times_is_in_the_dead_letter_queue():
    send("poison")
    for _ in range(10):
        (message,) = sqs.receive("things", 0)
        sqs.client().change_message_visibility(
            QueueUrl=sqs.ensure("things"),
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=0,
        )

    assert sqs.receive("things", 0) == []
    assert sqs.depths("things") == {"things": 0, "things-dlq": 1}
    dead = sqs.client().receive_message(QueueUrl=sqs._url("things-dlq"))
    assert [message["Body"] for message in dead["Messages"]] == ["poison"]


@pytest.mark.usefixtures("context")
def test_each_app_has_one_client_with_bounded_waits():
    assert sqs.client() is sqs.client()
    config = sqs.client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, sqs.WAIT + 5)
