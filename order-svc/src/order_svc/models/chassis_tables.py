"""The tables that the chassis needs in this service's database."""

from chassis.action_log import ActionLogMixin
from chassis.admin import AdminSessionMixin
from chassis.dependencies import DependencyMixin
from chassis.messaging.dead_letters import DeadLetterMixin
from chassis.messaging.inbox import InboxMixin, QuarantineMixin
from chassis.messaging.outbox import OutboxMixin
from chassis.web.idempotency import IdempotencyKeyMixin
from order_svc.extensions import db


class Outbox(OutboxMixin, db.Model):
    """A message on its way to payment-svc."""


class Inbox(InboxMixin, db.Model):
    """A message that was handled."""


class QuarantinedMessage(QuarantineMixin, db.Model):
    """A message that cannot be handled and waits for triage."""


class DeadLetter(DeadLetterMixin, db.Model):
    """A message that failed too often and waits for triage."""


class IdempotencyKey(IdempotencyKeyMixin, db.Model):
    """The Idempotency-Key of a request, and its answer."""


class Dependency(DependencyMixin, db.Model):
    """A queue or service with the state that the worker recorded last."""


class AdminSession(AdminSessionMixin, db.Model):
    """A member of staff who is signed in to the panel."""


class ActionLog(ActionLogMixin, db.Model):
    """A change that a member of staff or a service made, by API or panel."""
