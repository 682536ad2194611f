"""The chassis tables of this service."""

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.messaging.dead_letters import DeadLetterMixin
from chassis.messaging.inbox import InboxMixin, QuarantineMixin
from chassis.messaging.outbox import OutboxMixin
from chassis.web.health import DependencyMixin
from chassis.web.idempotency import IdempotencyKeyMixin
from payment_svc.extensions import db


class Outbox(OutboxMixin, db.Model):
    """Events on their way to order-svc."""


class Inbox(InboxMixin, db.Model):
    """Messages of order-svc that were handled."""


class QuarantinedMessage(QuarantineMixin, db.Model):
    """Messages that a person must look at."""


class DeadLetter(DeadLetterMixin, db.Model):
    """Messages that failed too often, as the worker saw them in their queue."""


class IdempotencyKey(IdempotencyKeyMixin, db.Model):
    """Keys of requests that were answered."""


class Dependency(DependencyMixin, db.Model):
    """Queues as the worker saw them."""


class AdminSession(AdminSessionMixin, db.Model):
    """Who is signed in to the staff panel."""


class ActionLog(ActionLogMixin, db.Model):
    """What staff did in the panel."""
