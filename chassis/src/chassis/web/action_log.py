"""The action log of the API: staff search it, and nobody changes it."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import select

from chassis.action_log import ActionLogMixin
from chassis.action_log.actors import LONGEST_ACTION
from chassis.db import current_db, model
from chassis.web.api import STAFF, Blueprint
from chassis.web.fields import ListQuery, Moment, Schema, Text, Whole
from chassis.web.pagination import Page, paginate

EXACT = ("actor", "action", "model", "object_id", "correlation_id")


class ActionSchema(Schema):
    """A change of one row."""

    id = Whole()
    at = Moment(attribute="created_at")
    actor = fields.String(metadata={"description": "`user:17`, or a service's id."})
    role = fields.String(metadata={"description": "`staff`, `admin` or `service`."})
    source = fields.String(metadata={"description": "`api` or `panel`."})
    action = fields.String(
        metadata={"description": "`PUT /products/{product_id}/`, or the panel's name."}
    )
    model = fields.String(metadata={"example": "Product"})
    object_id = fields.String(metadata={"example": "17"})
    before = fields.Dict(
        allow_none=True,
        metadata={"description": "The changed columns; null for a new row."},
    )
    after = fields.Dict(
        allow_none=True,
        metadata={"description": "The changed columns; null for a deleted row."},
    )
    correlation_id = fields.String()


class ActionQuerySchema(ListQuery):
    """The filters of the action log; each matches exactly."""

    actor = Text(most=100, load_default=None)
    action = Text(most=LONGEST_ACTION, load_default=None)
    model = Text(most=80, load_default=None)
    object_id = Text(most=80, load_default=None)
    correlation_id = Text(most=128, load_default=None)
    created_from = Moment(load_default=None)
    created_to = Moment(load_default=None)


def _search(query: dict[str, Any]) -> Any:
    table: type[ActionLogMixin] = model("action_log")
    given = {name: query[name] for name in EXACT if query[name] is not None}
    statement = select(table).filter_by(**given)
    if query["created_from"] is not None:
        statement = statement.where(table.created_at >= query["created_from"])
    if query["created_to"] is not None:
        statement = statement.where(table.created_at <= query["created_to"])
    return statement


def blueprint(prefix: str, kind: type[Blueprint] = Blueprint) -> Blueprint:
    """Return the blueprint of a service's action log, at `{prefix}/action-log/`."""
    blp = kind("actions", __name__, url_prefix=prefix, description=__doc__)

    @blp.route("/action-log/")
    class Actions(MethodView):
        """What staff, admins and services changed."""

        @blp.requires(STAFF)
        @blp.arguments(ActionQuerySchema, location="query")
        @blp.page(ActionSchema)
        def get(self, query: dict[str, Any]) -> Page:
            """List changes by staff, admins and services, the newest first."""
            columns = {"id": model("action_log").id}
            found = {**query, "sort": "-id"}
            return paginate(current_db().session, _search(query), columns, found)

    return blp
