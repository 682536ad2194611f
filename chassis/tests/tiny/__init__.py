"""A small service that uses every part of the chassis, to test the parts on."""

import os
from dataclasses import dataclass
from decimal import Decimal

from flask import Flask
from flask.views import MethodView
from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis import admin, config, dependencies, messaging, web, worker
from chassis.action_log import ActionLogMixin
from chassis.db import SECRET, AuditModel, Id, Money, database
from chassis.errors import Conflict
from chassis.messaging import dead_letters, inbox, outbox
from chassis.web import action_log, api, docs, etag, fields, idempotency, pagination

db = database()


class Thing(AuditModel, db.Model):
    __tablename__ = "things"
    __table_args__ = (CheckConstraint('"left" >= 0', name="left"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    price: Mapped[Decimal] = mapped_column(Money(10))
    left: Mapped[int] = mapped_column(default=5)
    secret: Mapped[str] = mapped_column(String(50), default="hush", info=SECRET)


class Outbox(outbox.OutboxMixin, db.Model): ...


class Inbox(inbox.InboxMixin, db.Model): ...


class QuarantinedMessage(inbox.QuarantineMixin, db.Model): ...


class DeadLetter(dead_letters.DeadLetterMixin, db.Model): ...


class IdempotencyKey(idempotency.IdempotencyKeyMixin, db.Model): ...


class Dependency(dependencies.DependencyMixin, db.Model): ...


class AdminSession(admin.AdminSessionMixin, db.Model): ...


class ActionLog(ActionLogMixin, db.Model): ...


class ThingSchema(fields.Schema):
    id = fields.Whole(dump_only=True)
    name = fields.Text(most=100, required=True)
    price = fields.Money(required=True)
    created_at = fields.Moment(dump_only=True)


class ThingChangesSchema(fields.Schema):
    name = fields.Text(most=100)
    price = fields.Money()


class ThingQuerySchema(fields.ListQuery):
    ids = fields.QueryList(fields.QueryWhole())
    flag = fields.QueryFlag()
    sort = fields.sort("id", "price", "created_at", default="id")


class MadeSchema(fields.Schema):
    thing_id = fields.Whole(required=True)


blp = api.Blueprint("things", __name__, url_prefix="/things", description="Things")
COLUMNS = {"id": Thing.id, "price": Thing.price, "created_at": Thing.created_at}


def made(data, event):
    """Handle thing.made: take one of what is left; 0 can never be handled."""
    thing = db.session.get(Thing, data["thing_id"])
    if thing is None:
        raise inbox.Quarantine("no such thing")
    thing.left -= 1
    db.session.flush()
    if thing.name == "fragile":
        raise RuntimeError("broke")


@blp.route("/")
class Things(MethodView):
    @blp.public
    @blp.arguments(ThingQuerySchema, location="query")
    @blp.page(ThingSchema)
    def get(self, query):
        """List things."""
        return pagination.paginate(db.session, select(Thing), COLUMNS, query)

    @blp.requires("customer")
    @blp.arguments(ThingSchema)
    @blp.problems(_409="`taken`")
    @blp.idempotent
    @blp.resource(ThingSchema, 201)
    def post(self, body):
        """Make a thing."""
        if body["name"] == "taken":
            raise Conflict("There is one already.", code="taken")
        thing = Thing(**body)
        db.session.add(thing)
        db.session.flush()
        data = {"thing_id": thing.id}
        subject = f"things/{thing.id}"
        db.session.add(Outbox.event("things", "/tiny", "thing.made", subject, data))
        return thing, 201, {"Location": f"/things/{thing.id}/"}


@blp.route("/<id:thing_id>/")
class ThingById(MethodView):
    @blp.public
    @blp.resource(ThingSchema)
    def get(self, thing_id):
        """Get a thing."""
        return db.get_or_404(Thing, thing_id)

    @blp.requires("staff", "things:write")
    @blp.arguments(ThingChangesSchema)
    @blp.guarded
    @blp.resource(ThingSchema)
    def patch(self, changes, thing_id):
        """Change a thing."""
        thing = db.get_or_404(Thing, thing_id)
        etag.check(ThingSchema().dump(thing))
        for name, value in changes.items():
            setattr(thing, name, value)
        db.session.commit()
        return thing


@blp.route("/two-steps/")
class TwoSteps(MethodView):
    @blp.requires("customer")
    @blp.idempotent
    @blp.response(201, ThingSchema)
    def post(self):
        """Make a thing in two commits, as an order is placed."""
        thing_id = idempotency.resumes()
        if thing_id is None:
            thing = Thing(name="first step", price=Decimal(1))
            db.session.add(thing)
            db.session.flush()
            thing_id = thing.id
            idempotency.made(thing_id)
            db.session.commit()
            if TwoSteps.crashes:
                raise TwoSteps.crashes
        thing = db.session.get(Thing, thing_id)
        thing.name = "second step"
        return thing

    crashes = None


@blp.route("/fall/")
class Fall(MethodView):
    @blp.public
    def get(self):
        """Fall over, as no view should."""
        raise RuntimeError("a secret of the house")


class ThingView(admin.ModelView):
    can_edit = can_create = can_delete = True
    form_columns = ("name", "price")
    hidden = ("secret",)

    def on_create(self, data):
        thing = Thing(**data)
        db.session.add(thing)
        return thing

    def on_edit(self, row, data):
        if data["name"] == "taken":
            raise Conflict("There is one already.")
        row.name, row.price = data["name"], data["price"]
        return row

    def on_delete(self, row):
        db.session.delete(row)

    @admin.action("empty", "Empty", "Empty these?")
    def empty(self, ids):
        self.each(ids, "empty", lambda row: setattr(row, "left", 0))


@dataclass(frozen=True, kw_only=True)
class Settings(config.Settings):
    service: str = "tiny-svc"
    shelf: int = config.setting(config.whole, 3)


HANDLERS = {"thing.made": (MadeSchema, made)}


def create_app(environ=None):
    app = Flask(__name__)
    settings = Settings.load(os.environ if environ is None else environ)
    web.init_app(app, settings, db, prefix="/things")
    api.init_app(app, "Things", blp, action_log.blueprint("/things"))
    docs.init_app(app)
    admin.init_app(app, "Things", db, [ThingView(Thing, db, name="Things")])
    worker.init_app(app)
    messaging.init_app(app, consumers={"things": HANDLERS}, publishes=("things",))
    return app
