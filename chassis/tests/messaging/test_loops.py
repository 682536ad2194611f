"""The message loops: queues are relayed, consumed, watched and redriven."""

import pytest
from sqlalchemy import select
from tiny import DeadLetter, Dependency, db

from chassis import worker
from chassis.messaging import inbox, loops, sqs
from chassis.worker import Job

pytestmark = pytest.mark.usefixtures("sqs")


def test_a_loop_that_failed_looks_its_queues_up_again(app):
    def fail():
        raise RuntimeError("broke")

    with app.app_context():
        sqs.ensure("things")
        assert worker.once(app, "bad", Job(fail, 0)) == -1
        assert "sqs_urls" in app.extensions
        assert worker.once(app, "bad", loops._job(fail, 0)) == -1
        assert "sqs_urls" not in app.extensions
        assert worker.once(app, "good", loops._job(lambda: 3, 0)) == 3


def test_a_service_with_queues_relays_consumes_watches_and_prunes(app):
    of_the_queue = {f"{what} things" for what in ("consume", "retry", "dead letters")}
    of_all = {"relay", "watch queues", "remind", "prune"}
    assert worker.loops(app).keys() == of_the_queue | of_all
    assert worker.loops(app)["relay"].every == 0.01


def seen(app):
    with app.app_context():
        assert worker.loops(app)["watch queues"].run() == 0
        rows = db.session.scalars(select(Dependency).order_by(Dependency.name))
        return {row.name: (row.ok, row.detail) for row in rows}


def test_the_queues_are_watched(app):
    assert seen(app) == {
        "things": (True, "0 waiting"),
        "things-dlq": (True, "0 waiting"),
        "quarantine": (True, "0 waiting"),
    }
    with app.app_context():
        dead = sqs._url("things-dlq")
        sqs.client().send_message(QueueUrl=dead, MessageBody="poison")
        inbox.handle("things", "{", {})

    assert seen(app)["things-dlq"] == (False, "1 waiting")
    assert seen(app)["quarantine"] == (False, "1 waiting")


def test_the_dead_letters_are_synced(app):
    with app.app_context():
        dead = sqs._url("things-dlq") if sqs.ensure("things") else ""
        sqs.client().send_message(QueueUrl=dead, MessageBody="poison")
        syncing = worker.loops(app)["dead letters things"]
        assert syncing.run() == 0
        db.session.scalars(select(DeadLetter)).one().retry()
        db.session.commit()
        assert syncing.run() == 1
        assert sqs.depths("things") == {"things": 1, "things-dlq": 0}


def test_a_queue_that_is_away_is_recorded_and_stops_nothing(app):
    class Away:
        def __getattr__(self, name):
            raise ConnectionError("no queue")

    app.extensions["sqs"] = Away()

    assert seen(app)["things"] == (False, "no queue")
