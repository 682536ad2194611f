"""The action log: what staff, admins and services change, in the same transaction.

Hooks of the session find each changed row, so no view and no manager can forget one.
When a transaction commits, each row that it changed is compared with the row before,
and the differences are inserted into `action_log`. Customers, the worker and commands
have no `Actor`: their changes are not logged.
"""

from chassis.action_log import hooks
from chassis.action_log.actors import Actor, perform, saga_step
from chassis.action_log.models import ActionLogMixin

erase = hooks.erase

__all__ = ["ActionLogMixin", "Actor", "erase", "perform", "saga_step"]
