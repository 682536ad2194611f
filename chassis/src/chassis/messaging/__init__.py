"""Messages between services: outbox, inbox, queues, dead letters and their triage."""

from chassis.messaging.loops import init_app

__all__ = ["init_app"]
