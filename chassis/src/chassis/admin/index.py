"""The panel's overview, sign-in and sign-out pages."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from sqlalchemy import func, literal, select

from chassis.admin import staff
from chassis.config import settings
from chassis.db import current_db, model
from chassis.errors import Forbidden

MANY = 10_000


def _next() -> str:
    """Return the panel's page to show after sign-in."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith("/admin/") else url_for("admin.index")


def _count(table: Any) -> str:
    """Return the number of rows; beyond 10,000 only that there are more."""
    some = select(literal(1)).select_from(table).limit(MANY + 1).subquery()
    found = current_db().session.scalar(select(func.count()).select_from(some)) or 0
    return f"{MANY:,}+" if found > MANY else f"{found:,}"


class IndexView(AdminIndexView):
    """The overview: how many rows each table has, and the dependencies' state."""

    @expose("/")
    def index(self) -> str:
        """Show the overview."""
        session = current_db().session
        views = [view for view in self.admin._views if hasattr(view, "model")]
        counts = [(view, _count(view.model)) for view in views]
        dependencies = session.scalars(select(model("dependencies"))).all()
        page: str = self.render(
            "admin/overview.html",
            counts=counts,
            dependencies=dependencies,
            service=settings().service,
        )
        return page

    @expose("/login/", methods=("GET", "POST"))
    def login(self) -> ResponseReturnValue:
        """Sign in with a staff account of user-svc."""
        problem = ""
        if request.method == "POST":
            form = request.form
            try:
                staff.sign_in(form.get("email", ""), form.get("password", ""))
            except Forbidden as refusal:
                problem = refusal.detail
            else:
                return redirect(_next(), 303)
        page: Any = self.render("admin/login.html", problem=problem)
        return page, 403 if problem else 200

    @expose("/logout/", methods=("POST",))
    def logout(self) -> ResponseReturnValue:
        """Sign out."""
        staff.sign_out()
        return redirect(url_for("admin.login"), 303)
