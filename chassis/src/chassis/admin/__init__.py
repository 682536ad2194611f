"""The staff panel: Flask-Admin, closed to everyone but staff of user-svc."""

from chassis.admin.models import ActionLogMixin, AdminSessionMixin

__all__ = ["ActionLogMixin", "AdminSessionMixin"]
