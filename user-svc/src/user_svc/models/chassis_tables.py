"""The tables that the chassis needs in this service's database."""

from chassis.action_log import ActionLogMixin
from chassis.admin import AdminSessionMixin
from chassis.dependencies import DependencyMixin
from chassis.web.idempotency import IdempotencyKeyMixin
from user_svc.extensions import db


class IdempotencyKey(IdempotencyKeyMixin, db.Model):
    """The Idempotency-Key of a request, and its answer."""


class Dependency(DependencyMixin, db.Model):
    """A service with the state that the worker recorded last."""


class AdminSession(AdminSessionMixin, db.Model):
    """A member of staff who is signed in to the panel."""


class ActionLog(ActionLogMixin, db.Model):
    """A change that a member of staff or a service made, by API or panel."""
